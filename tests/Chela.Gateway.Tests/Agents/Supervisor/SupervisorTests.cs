using System.Text.Json;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Agents.Tools;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Supervisor;

[Trait("Requirement", "G1")]
public sealed class SupervisorTests
{
    private const string TwoAgents = """{ "agents": { "defaults": { "mode": "multi" }, "list": [ { "id": "main" }, { "id": "critic", "name": "Critic" } ] } }""";
    private const string OneSlot = """{ "agents": { "defaults": { "mode": "multi", "maxConcurrent": 1 } } }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Independent_steps_overlap_later_ones_get_their_results_and_the_answers_are_joined()
    {
        await using var trial = await ToolTrial.StartAsync(TwoAgents);
        var both = new TaskCompletionSource();
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("plan", """
            {"steps":[{"id":"sea","task":"Describe the sea."},{"id":"sky","task":"Describe the sky.","agent":"critic"},{"id":"poem","task":"Write a poem.","needs":["sea","sky"]}]}
            """)));
        trial.Model.Enqueue(FakeOpenAiReply.Held(both.Task, "It is ", "deep."), FakeOpenAiReply.Held(both.Task, "It is ", "deep."));

        var run = trial.RunAsync("Write about sea and sky.");
        for (var asked = 0; asked < 3; asked++)
        {
            await trial.Model.NextRequestAsync(Ct); // the plan, then both steps, before either has ended
        }

        trial.Model.Enqueue(FakeOpenAiReply.Text("Roses."), FakeOpenAiReply.Text("Here is your poem."));
        both.SetResult();
        var result = await run;

        Assert.Equal((TurnStatus.Done, "Here is your poem."), (result.Status, result.Text));
        var told = trial.Parts.Events.OfType<PlanEvent>().Select(one => Statuses(GatewayParts.PayloadOf(one))).ToList();
        Assert.Equal("in_progress pending pending", told[0]);
        Assert.Equal("in_progress in_progress pending", told[1]);
        Assert.Equal("completed completed in_progress", told[^2]);
        Assert.Equal("completed completed completed", told[^1]);
        Assert.Equal(6, told.Count);
        var poem = trial.Model.Requests[3].Messages[^1];
        Assert.Contains("Write a poem.", poem, StringComparison.Ordinal);
        Assert.Contains("## Result of sea\nIt is deep.", poem, StringComparison.Ordinal);
        Assert.Contains("## Result of sky", poem, StringComparison.Ordinal);
        Assert.Contains("Roses.", trial.Model.Requests[4].Messages[^1], StringComparison.Ordinal);
        Assert.Equal("none", trial.Model.Requests[4].Body.Find("tool_choice")?.GetString());
        Assert.Equal(["user", "step", "assistant"], (await trial.TranscriptAsync()).Select(line => line.Role));
        var sessions = trial.Parts.Get<SessionTable>().All.Select(entry => entry.Key).Where(key => key.Contains(":subagent:", StringComparison.Ordinal)).ToList();
        Assert.Equal((2, 1), (sessions.Count(key => key.StartsWith("agent:main:", StringComparison.Ordinal)), sessions.Count(key => key.StartsWith("agent:critic:", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_plan_needs_no_more_places_than_there_are()
    {
        await using var trial = await ToolTrial.StartAsync(OneSlot);
        trial.Model.Enqueue(
            FakeOpenAiReply.Calls(("plan", """{"steps":[{"id":"a","task":"One."},{"id":"b","task":"Two."}]}""")),
            FakeOpenAiReply.Text("First."),
            FakeOpenAiReply.Text("Second."),
            FakeOpenAiReply.Text("Both."));

        Assert.Equal("Both.", (await trial.RunAsync("Well?")).Text);
    }

    [Fact]
    public async Task A_step_that_fails_is_told_and_stops_no_other()
    {
        await using var trial = await ToolTrial.StartAsync(OneSlot);
        trial.Model.Enqueue(
            FakeOpenAiReply.Calls(("plan", """{"steps":[{"id":"a","task":"One."},{"id":"b","task":"Two.","needs":["a"]}]}""")),
            FakeOpenAiReply.Failure(401, "invalid_api_key", "no"),
            FakeOpenAiReply.Text("Without it."),
            FakeOpenAiReply.Text("As far as it went."));

        Assert.Equal("As far as it went.", (await trial.RunAsync("Well?")).Text);
        Assert.Contains("(It failed: The model provider refused the API key", trial.Model.Requests[2].Messages[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_needs_no_plan_answers_at_once()
    {
        await using var trial = await ToolTrial.StartAsync(TwoAgents);
        trial.Model.Enqueue(FakeOpenAiReply.Text("Hello."));

        Assert.Equal("Hello.", (await trial.RunAsync("Hi")).Text);
        Assert.Single(trial.Model.Requests);
        Assert.Contains("- critic (Critic)", trial.Model.Requests[0].Messages[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"steps":[]}""", "Error: The plan does not fit: at /steps:")]
    [InlineData("""{"steps":[{"id":"a","task":"x"},{"id":"a","task":"y"}]}""", "Error: Two steps have the same id.")]
    [InlineData("""{"steps":[{"id":"a","task":"x","agent":"nobody"}]}""", "Error: There is no agent nobody.")]
    [InlineData("""{"steps":[{"id":"a","task":"x","needs":["b"]}]}""", "Error: The step a needs a step that there is not.")]
    [InlineData("""{"steps":[{"id":"a","task":"x","needs":["b"]},{"id":"b","task":"y","needs":["a"]}]}""", "Error: Steps need each other in a circle.")]
    [InlineData("""{"steps":""", "Error: The plan does not fit: it is no JSON object.")]
    public async Task A_plan_that_cannot_be_carried_out_is_told_to_the_model(string plan, string expected)
    {
        await using var trial = await ToolTrial.StartAsync(TwoAgents);
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("plan", plan)), FakeOpenAiReply.Text("Then I answer myself."));

        Assert.Equal("Then I answer myself.", (await trial.RunAsync("Well?")).Text);
        Assert.StartsWith(expected, trial.Model.Requests[1].Body.List("messages")[^1].Text("content"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_stopped_stops_its_steps()
    {
        await using var trial = await ToolTrial.StartAsync(TwoAgents);
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("plan", """{"steps":[{"id":"a","task":"Think."}]}""")), FakeOpenAiReply.Silence());
        Turn? turn = null;
        var run = trial.RunAsync("Well?", begun => turn = begun);
        await trial.Model.NextRequestAsync(Ct);
        var step = await trial.Model.NextRequestAsync(Ct);

        turn!.Abort();

        Assert.Equal(TurnStatus.Aborted, (await run).Status);
        await step.Aborted.WaitAsync(Ct);
    }

    [Fact]
    public async Task A_step_makes_no_plan_of_its_own()
    {
        await using var trial = await ToolTrial.StartAsync(TwoAgents);
        trial.Model.Enqueue(
            FakeOpenAiReply.Calls(("plan", """{"steps":[{"id":"a","task":"Think."}]}""")), FakeOpenAiReply.Text("Thought."), FakeOpenAiReply.Text("Done."));

        await trial.RunAsync("Well?");

        Assert.DoesNotContain(
            trial.Model.Requests[1].Body.Find("tools")?.EnumerateArray().Select(tool => tool.Text("function/name")) ?? [], name => name == "plan");
    }

    [Theory]
    [InlineData("Hi", "single", "the message is short")]
    [InlineData("Tell me at length and in your own words what you think of the sea, of the sky above it, and of everything in between, please.", "single", "the message lists no parts")]
    [InlineData("Please do all of the following for me, and take your time with each of them, since they matter:\n1. describe the sea\n2. describe the sky\n3. write a poem", "multi", "the message lists 3 parts, and there are 1 agents")]
    public async Task The_gateway_chooses_by_the_look_of_the_message_and_says_why(string text, string mode, string reason)
    {
        await using var trial = await ToolTrial.StartAsync("""{ "agents": { "defaults": { "mode": "auto" } } }""");
        trial.Model.Enqueue(FakeOpenAiReply.Text("Well."));

        await trial.RunAsync(text);

        var told = GatewayParts.PayloadOf(trial.Parts.Events.OfType<ModeEvent>().Single());
        Assert.Equal(("run_status", mode, reason), (told.Text("stream"), told.Text("data/mode"), told.Text("data/reason")));
    }

    private static string Statuses(JsonElement plan) => string.Join(' ', plan.List("data/steps").Select(step => step.Text("status")));
}
