using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Contracts.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools;

[Trait("Requirement", "G1")]
[Trait("Requirement", "G3")]
public sealed class AgentStepsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_calls_a_tool_reads_the_result_and_answers()
    {
        var look = new ProbeTool("eye.look", "It is blue.");
        await using var trial = await ToolTrial.StartAsync(null, look);
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("eye_look", """{"at":"sky"}""")), FakeOpenAiReply.Text("The sky is blue."), FakeOpenAiReply.Text("Yes."));

        var result = await trial.RunAsync("What colour is the sky?");
        await trial.RunAsync("Sure?");

        Assert.Equal((TurnStatus.Done, "The sky is blue."), (result.Status, result.Text));
        var (arguments, context) = Assert.Single(look.Calls);
        Assert.Equal("""{"at":"sky"}""", arguments);
        Assert.Equal(("main", "agent:main:main", "What colour is the sky?", "c0"), (context.AgentId, context.SessionKey, context.RunId, context.CallId));
        Assert.True(Directory.Exists(context.Workspace));
        Assert.Equal("eye_look", trial.Model.Requests[0].Body.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(("c0", "It is blue."), ToolMessage(trial.Model.Requests[1], 2));
        Assert.Equal(("c0", "It is blue."), ToolMessage(trial.Model.Requests[2], 2)); // the next run still knows
        var lines = await trial.TranscriptAsync();
        Assert.Equal(["user", "step", "assistant", "user", "assistant"], lines.Select(line => line.Role));
        Assert.Equal(new StoredToolUse("c0", "eye_look", """{"at":"sky"}""", "It is blue."), Assert.Single(lines[1].Uses!));
    }

    [Fact]
    public async Task Clients_are_told_of_each_call_and_its_result_and_find_them_in_the_history()
    {
        await using var trial = await ToolTrial.StartAsync(null, new ProbeTool("look", "Blue."));
        trial.Model.Enqueue(
            FakeOpenAiReply.Events(FakeOpenAiChunks.Delta("Let me see."), FakeOpenAiChunks.Call(0, "c0", "look", "{}"), FakeOpenAiChunks.Finish("tool_calls"), "[DONE]"),
            FakeOpenAiReply.Text("Blue."));

        var result = await trial.RunAsync("Well?");

        Assert.Equal("Let me see.\n\nBlue.", result.Text);
        var told = trial.Parts.Events.OfType<ToolEvent>().ToList();
        Assert.Equal(["agent", "session.tool", null, "agent", "session.tool", null], told.Select(one => one.NameIn(Dialect.OpenClaw)));
        Assert.Equal(["tool-events", "sessions", null], told.Take(3).Select(one => one.Topic));
        Assert.Equal("""{"phase":"start","name":"look","toolCallId":"c0","args":{}}""", GatewayParts.PayloadOf(told[0]).Find("data")?.GetRawText());
        Assert.Equal("""{"phase":"result","name":"look","toolCallId":"c0","result":"Blue.","isError":false}""", GatewayParts.PayloadOf(told[3]).Find("data")?.GetRawText());
        Assert.Equal(("AgentToolStart", "AgentToolComplete"), (told[2].NameIn(Dialect.Session), told[5].NameIn(Dialect.Session)));
        Assert.Equal("""{"session_id":"agent:main:main","tool":"look","result":"Blue."}""", GatewayParts.PayloadOf(told[5], Dialect.Session).GetRawText());
        Assert.Equal("chat.tool", told[2].NameIn(Dialect.JsonRpc));
        var shown = ChatHistory.ToMessage((await trial.TranscriptAsync())[1], 1000);
        Assert.Equal(("assistant", "toolCall", "toolResult", "Blue."), (shown.Role, shown.Content[0].Type, shown.Content[1].Type, shown.Content[1].Text));
    }

    [Fact]
    public async Task Calls_that_only_read_run_at_the_same_time()
    {
        var both = new CountdownEvent(2);
        var look = new ProbeTool("look", async (_, ct) =>
        {
            both.Signal();
            await Task.Run(() => both.Wait(ct), ct); // ends only once the other has begun
            return new ToolResult("seen");
        });
        await using var trial = await ToolTrial.StartAsync(null, look);
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("look", """{"at":1}"""), ("look", """{"at":2}""")), FakeOpenAiReply.Text("Both."));

        Assert.Equal("Both.", (await trial.RunAsync("Well?")).Text);
        Assert.Equal([("c0", "seen"), ("c1", "seen")], [ToolMessage(trial.Model.Requests[1], 2), ToolMessage(trial.Model.Requests[1], 3)]);
    }

    [Fact]
    public async Task Calls_that_change_something_run_one_after_the_other()
    {
        var (running, most) = (0, 0);
        var write = new ProbeTool("write", async (_, ct) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Delay(20, ct);
            Interlocked.Decrement(ref running);
            return new ToolResult("written");
        })
        {
            Description = new ToolDescription("write", "Writes.", JsonElement.Parse("{}")),
        };
        await using var trial = await ToolTrial.StartAsync(null, write);
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("write", "{}"), ("write", "{}"), ("write", "{}")), FakeOpenAiReply.Text("Done."));

        await trial.RunAsync("Well?");

        Assert.Equal((1, 3), (most, write.Calls.Count));
    }

    [Fact]
    public async Task A_run_makes_its_last_request_without_tools()
    {
        await using var trial = await ToolTrial.StartAsync("""{ "agents": { "defaults": { "maxSteps": 2 } } }""", new ProbeTool("look", "x"));
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("look", "{}")), FakeOpenAiReply.Text("Enough."));

        Assert.Equal("Enough.", (await trial.RunAsync("Well?")).Text);
        Assert.Equal("none", trial.Model.Requests[1].Body.Find("tool_choice")?.GetString());

        trial.Model.Enqueue(FakeOpenAiReply.Calls(("look", "{}")), FakeOpenAiReply.Calls(("look", "{}")));
        var stubborn = await trial.RunAsync("And now?");
        Assert.Equal((TurnStatus.Failed, "The agent had no answer after 2 requests to its model (maxSteps)."), (stubborn.Status, stubborn.Error));
    }

    [Fact]
    public async Task A_run_that_goes_round_in_circles_is_stopped()
    {
        var look = new ProbeTool("look", "the same");
        await using var trial = await ToolTrial.StartAsync(null, look);
        trial.Model.Enqueue([.. Enumerable.Repeat(FakeOpenAiReply.Calls(("look", "{}")), 25)]);

        var result = await trial.RunAsync("Well?");

        Assert.Equal((TurnStatus.Failed, 4), (result.Status, look.Calls.Count));
        Assert.StartsWith("The agent called look 4 times with the same arguments", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mode_fast_offers_no_tools()
    {
        await using var trial = await ToolTrial.StartAsync("""{ "agents": { "defaults": { "mode": "fast" } } }""", new ProbeTool("look", "x"));
        trial.Model.Enqueue(FakeOpenAiReply.Text("Hello."), FakeOpenAiReply.Calls(("look", "{}")));

        Assert.Equal("Hello.", (await trial.RunAsync("Hi")).Text);
        Assert.Null(trial.Model.Requests[0].Body.Find("tools"));
        Assert.Equal("The model called a tool although none was offered.", (await trial.RunAsync("Again")).Error);
    }

    [Fact]
    public async Task A_model_that_takes_no_tools_is_asked_without()
    {
        await using var trial = await ToolTrial.StartAsync(null, new ProbeTool("look", "x"));
        trial.Model.Enqueue(FakeOpenAiReply.Failure(400, "invalid_request_error", "gemma:2b does not support tools"), FakeOpenAiReply.Text("Hello."));

        Assert.Equal("Hello.", (await trial.RunAsync("Hi")).Text);
        Assert.NotNull(trial.Model.Requests[0].Body.Find("tools"));
        Assert.Null(trial.Model.Requests[1].Body.Find("tools"));
    }

    [Fact]
    public async Task The_results_of_one_step_are_bounded_together()
    {
        await using var trial = await ToolTrial.StartAsync(null, new ProbeTool("look", new string('x', 30_000)));
        trial.Model.Enqueue(FakeOpenAiReply.Calls([.. Enumerable.Repeat(("look", "{}"), 100)]), FakeOpenAiReply.Text("Much."));

        await trial.RunAsync("Well?");

        Assert.InRange((await trial.TranscriptAsync())[1].Length, 400_000, 420_000);
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_a_tool_runs_ends_at_once()
    {
        var began = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var slow = new ProbeTool("wait", async (_, ct) =>
        {
            began.SetResult();
            await using var told = ct.UnsafeRegister(_ => cancelled.TrySetResult(), null);
            await Task.Delay(Timeout.Infinite, ct);
            return new ToolResult("never read");
        });
        await using var trial = await ToolTrial.StartAsync(null, slow);
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("wait", "{}")));

        var result = await trial.RunAsync("Well?", turn => began.Task.ContinueWith(_ => turn.Abort(), TaskScheduler.Default));

        Assert.Equal(TurnStatus.Aborted, result.Status);
        await cancelled.Task.WaitAsync(Ct);
        Assert.Equal(["user", "assistant"], (await trial.TranscriptAsync()).Select(line => line.Role)); // no call without its result
    }

    private static (string? CallId, string? Text) ToolMessage(FakeOpenAiRequest request, int place)
    {
        var message = request.Body.GetProperty("messages")[place];
        return (message.Text("tool_call_id"), message.Text("content"));
    }
}
