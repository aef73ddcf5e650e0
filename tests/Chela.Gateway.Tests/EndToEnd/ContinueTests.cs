using System.Text.Json.Nodes;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Runs that the end of the process cut off and the next start begins again, through the real executable and a scripted model.</summary>
[Trait("Requirement", "B4")]
[Trait("Requirement", "K9")]
public sealed class ContinueTests : ScriptedModelTest
{
    [Fact]
    public async Task A_run_that_was_cut_off_is_answered_once_under_its_id_also_for_who_sends_it_again_or_waits()
    {
        await DieInAnswerAsync("first", "waits");
        var held = new TaskCompletionSource();
        Model.Enqueue(FakeOpenAiReply.Held(held.Task, "to ", "first"), FakeOpenAiReply.Text("to waits"));
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await using var blocking = await gateway.OpenJsonRpcAsync();

        Assert.Equal("in_flight", await client.SendChatAsync("main", "first", "first"));
        var asked = blocking.NextId();
        await blocking.SendAsync(JsonRpcWire.Call(asked, "chat.send", new() { ["text"] = "first", ["idempotency_key"] = "first" }));
        var waiting = client.CallAsync("agent.wait", new JsonObject { ["runId"] = "first" });
        held.SetResult();

        Assert.Equal("to first", (await blocking.ReceiveAsync(frame => frame.Text("id") == asked)).Text("result/text"));
        Assert.Equal("ok", (await waiting).Text("payload/status"));
        Assert.Equal("ok", (await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "waits" })).Text("payload/status"));
        Assert.Equal(
            ["user: first", "assistant (stop): to first", "user: waits", "assistant (stop): to waits"], await HistoryAsync(client));
        Assert.Equal("ok", await client.SendChatAsync("main", "first", "first"));
    }

    [Fact]
    public async Task Messages_that_one_run_answered_together_are_answered_together_again_and_what_came_later_after_them()
    {
        var start = Start(("CHELA_MESSAGES__QUEUE__MODE", "collect"));
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            var held = new TaskCompletionSource();
            Model.Enqueue(FakeOpenAiReply.Held(held.Task, "to ", "first"), FakeOpenAiReply.Held(new TaskCompletionSource().Task, "to a ", "and b"));
            await SendAsync(client, "first");
            await client.ChatAsync("first", "delta");
            await SendAsync(client, "a");
            await SendAsync(client, "b");
            held.SetResult();
            await client.ChatAsync("b", "delta");
            await SendAsync(client, "c");
            gateway.Kill();
        }

        Model.Enqueue(FakeOpenAiReply.Text("to a and b"), FakeOpenAiReply.Text("to c"));
        await using var again = await GatewayProcess.StartAsync(start);
        await using var reader = await again.OpenOpenClawAsync();
        await Patience.UntilAsync(async _ => (await HistoryAsync(reader)).Contains("assistant (stop): to c"), "everything was answered");

        Assert.Equal(
            ["user: first", "assistant (stop): to first", "user: a", "user: b", "assistant (stop): to a and b", "user: c", "assistant (stop): to c"],
            await HistoryAsync(reader));
        Assert.Equal(["user: a", "user: b"], Model.Requests[2].Messages.TakeLast(2));
        Assert.Equal("ok", await reader.SendChatAsync("main", "a", "a"));
        Assert.Equal("ok", (await reader.CallAsync("agent.wait", new JsonObject { ["runId"] = "a" })).Text("payload/status"));
    }

    [Fact]
    public async Task A_run_that_ends_the_process_each_time_is_told_as_interrupted_and_the_next_message_is_answered()
    {
        await DieInAnswerAsync("first", "waits");
        for (var resumption = 0; resumption < 2; resumption++)
        {
            Model.Enqueue(FakeOpenAiReply.Silence());
            await using var victim = await GatewayProcess.StartAsync(Start());
            await Model.NextRequestAsync(Ct);
            victim.Kill();
        }

        Model.Enqueue(FakeOpenAiReply.Text("to waits"));
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await Patience.UntilAsync(async _ => (await HistoryAsync(client)).Contains("assistant (stop): to waits"), "the second was answered");

        Assert.Equal(
            ["user: first", $"assistant (interrupted): [interrupted] {Interruption.Sentence}", "user: waits", "assistant (stop): to waits"],
            await HistoryAsync(client));
        Assert.Equal("ok", await client.SendChatAsync("main", "first", "first"));
        Assert.Equal(4, Model.Requests.Count);
    }

    [Fact]
    public async Task What_the_sender_wished_for_its_run_holds_when_that_is_begun_again()
    {
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            Model.Enqueue(FakeOpenAiReply.Silence());
            await client.SendAsync(OpenClawWire.Request("ask", "agent", new()
            {
                ["message"] = "hello",
                ["sessionKey"] = "main",
                ["idempotencyKey"] = "run",
                ["model"] = "openai/other-1",
                ["extraSystemPrompt"] = "Answer in verse.",
            }));
            await Model.NextRequestAsync(Ct);
            gateway.Kill();
        }

        Model.Enqueue(FakeOpenAiReply.Text("a verse"));
        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();
        await Patience.UntilAsync(async _ => (await HistoryAsync(reader)).Count == 2, "it was answered");

        Assert.Equal("other-1", Model.Requests[1].Model);
        Assert.Equal(["system: Answer in verse.", "user: hello"], Model.Requests[1].Messages);
    }

    [Fact]
    public async Task A_session_that_was_reset_answers_nothing_from_before()
    {
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            Model.Enqueue(FakeOpenAiReply.Silence());
            await SendAsync(client, "first");
            await SendAsync(client, "waits");
            await Model.NextRequestAsync(Ct);
            Assert.Equal("true", (await client.CallAsync("sessions.reset", new() { ["key"] = "main" })).Text("ok"));
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();

        Assert.Empty(await HistoryAsync(reader));
        Assert.Equal("ok", await reader.SendChatAsync("main", "first", "first"));
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task An_unknown_way_to_deal_with_interrupted_runs_refuses_the_start()
    {
        var (code, _, errors) = await GatewayProcess.RefusedAsync(
            new GatewayStart(Folder.Path) { Environment = [("CHELA_AGENTS__DEFAULTS__INTERRUPTED", "forget")] });

        Assert.Equal(78, code);
        Assert.Contains("agents.defaults.interrupted", errors, StringComparison.Ordinal);
    }

    private GatewayStart Start(params (string Name, string Value)[] environment) => new(Folder.Path)
    {
        Environment =
        [
            ("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/fake-1"),
            ("CHELA_AGENTS__DEFAULTS__INTERRUPTED", "continue"), .. environment,
        ],
    };

    /// <summary>The process dies while the first of these messages is being answered and the others wait.</summary>
    private async Task DieInAnswerAsync(params string[] runs)
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        Model.Enqueue(FakeOpenAiReply.Held(new TaskCompletionSource().Task, "half ", "said"));
        foreach (var run in runs)
        {
            await SendAsync(client, run);
        }

        await client.ChatAsync(runs[0], "delta");
        await Model.NextRequestAsync(Ct);
        gateway.Kill();
    }

    /// <summary>Sends a message that is its own run id.</summary>
    private static async Task SendAsync(WireClient client, string run) => Assert.Equal("started", await client.SendChatAsync("main", run, run));

    private static async Task<IReadOnlyList<string>> HistoryAsync(WireClient client) => [.. (await client.HistoryAsync("main")).Select(OpenClawWire.Line)];
}
