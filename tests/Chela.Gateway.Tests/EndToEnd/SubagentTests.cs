using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable, whose model has sub-agents do parts of its task.</summary>
[Trait("Requirement", "G1")]
public sealed partial class SubagentTests : ScriptedModelTest
{
    private const string Main = "agent:main:main";

    [Fact]
    public async Task A_model_delegates_goes_on_and_answers_when_it_hears_the_result()
    {
        var found = new TaskCompletionSource();
        Model.Script = request => request.Messages[^1] switch
        {
            "user: Find out." => FakeOpenAiReply.Calls(("session_spawn", """{"task":"Look.","label":"scout"}""")),
            "user: Look." => FakeOpenAiReply.Held(found.Task, "There is ", "a lake."),
            var told when told.StartsWith("user: [Your sub-agent scout", StringComparison.Ordinal) => FakeOpenAiReply.Text("The scout saw a lake."),
            _ => FakeOpenAiReply.Text("A scout is on its way."),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Find out.");
        var first = await client.ChatEndAsync("asked");
        var child = Assert.Single(await ChildrenAsync(client, Main));
        var running = child.Text("status");
        found.SetResult();
        var run = RunOf(child);
        var childEnd = await client.ChatEndAsync(run);
        var second = await client.ChatEndAsync($"subagent:{run}");

        Assert.Equal("A scout is on its way.", first.Text("message/content/0/text"));
        Assert.Equal(("running", Main, "scout"), (running, child.Text("spawnedBy"), child.Text("displayName")));
        Assert.Equal(("There is a lake.", Main), (childEnd.Text("message/content/0/text"), childEnd.Text("spawnedBy")));
        Assert.Equal(("The scout saw a lake.", Main, null), (second.Text("message/content/0/text"), second.Text("sessionKey"), second.Text("spawnedBy")));
        var told = (await client.HistoryAsync("main"))[^2];
        Assert.StartsWith($"user: [Your sub-agent scout ({child.Text("key")}) is done.", OpenClawWire.Line(told), StringComparison.Ordinal);
        Assert.EndsWith("]\nThere is a lake.", OpenClawWire.Line(told), StringComparison.Ordinal);
        Assert.Empty(await ChildrenAsync(client, child.Text("key")!));
    }

    [Fact]
    public async Task A_model_lists_its_sub_agents_and_tells_one_something_while_it_works()
    {
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        Model.Script = request => request.Messages[^1] switch
        {
            "user: Find out." => Spawn("Look."),
            var told when KeyIn(told) is { } child && told.StartsWith("tool: Spawned", StringComparison.Ordinal) =>
                Call("session_steer", child, ""","text":"Look up." """).After(begun.Task),
            "tool: It will hear that before its next step." => FakeOpenAiReply.Calls(("session_children", "{}")),
            var told when told.StartsWith("tool: - ", StringComparison.Ordinal) => FakeOpenAiReply.Text(told),
            "user: Look." => Begun(begun, FakeOpenAiReply.Calls(("fs_list", "{}")).After(goOn.Task)),
            "user: [From the session that spawned you]\nLook up." => FakeOpenAiReply.Text("There are birds."),
            var told => FakeOpenAiReply.Text(told[^16..]),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Find out.");
        var first = (await client.ChatEndAsync("asked")).Text("message/content/0/text")!;
        goOn.SetResult();
        var key = KeyIn(first)!;
        var second = await client.ChatEndAsync($"subagent:{key.Split(':')[^1]}");

        Assert.Equal($"tool: - {key}: running; spawned by {Main}", first);
        Assert.Equal("There are birds.", second.Text("message/content/0/text"));
        Assert.Equal(
            ["user: Look.", "assistant: ", "user: [From the session that spawned you]\nLook up.", "assistant (stop): There are birds."],
            (await client.HistoryAsync(key)).Select(OpenClawWire.Line));
    }

    [Fact]
    public async Task A_model_stops_a_sub_agent_with_what_that_had_spawned_and_hears_of_it_once()
    {
        var begun = new TaskCompletionSource();
        Model.Script = request => (request.Messages.Last(line => line.StartsWith("user: ", StringComparison.Ordinal)), request.Messages[^1]) switch
        {
            (_, "user: Find out.") => Spawn("Look."),
            ("user: Find out.", var told) when told.StartsWith("tool: Spawned", StringComparison.Ordinal) => Call("session_stop", KeyIn(told)!, "").After(begun.Task),
            (_, "user: Look.") => Spawn("Look deeper."),
            (_, "user: Look deeper.") => Begun(begun, FakeOpenAiReply.Silence()),
            ("user: Look.", _) => FakeOpenAiReply.Silence(),
            var (_, told) => FakeOpenAiReply.Text(told),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Find out.");
        var first = await client.ChatEndAsync("asked");
        await client.ChatEndAsync($"subagent:{RunOf(Assert.Single(await ChildrenAsync(client, Main)))}");
        var child = Assert.Single(await ChildrenAsync(client, Main));
        await client.ChatEndAsync(RunOf(Assert.Single(await ChildrenAsync(client, child.Text("key")!))));
        var grandchild = Assert.Single(await ChildrenAsync(client, child.Text("key")!));

        Assert.Equal("tool: It is stopped, with what it had spawned: 2 runs.", first.Text("message/content/0/text"));
        Assert.Equal(("killed", "killed"), (child.Text("status"), grandchild.Text("status")));
        Assert.Contains("was stopped.", OpenClawWire.Line((await client.HistoryAsync("main"))[^2]), StringComparison.Ordinal);
        Assert.Equal(["user", "assistant", "assistant"], (await client.HistoryAsync(child.Text("key")!)).Select(line => line.Text("role")));
    }

    [Fact]
    public async Task A_sub_agent_that_spawned_another_is_heard_of_when_it_has_heard_of_that()
    {
        var found = new TaskCompletionSource();
        Model.Script = request => (request.Messages.Last(line => line.StartsWith("user: ", StringComparison.Ordinal)), request.Messages[^1]) switch
        {
            (_, "user: Find out.") => Spawn("Look."),
            (_, "user: Look.") => Spawn("Look deeper."),
            (_, "user: Look deeper.") => FakeOpenAiReply.Text("Gold.").After(found.Task),
            var (asked, _) when asked.EndsWith("\nGold.", StringComparison.Ordinal) => FakeOpenAiReply.Text("They found gold."),
            var (asked, _) when asked.EndsWith("\nThey found gold.", StringComparison.Ordinal) => FakeOpenAiReply.Text("It is gold."),
            _ => FakeOpenAiReply.Text("It is being looked for."),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Find out.");
        await client.ChatEndAsync("asked");
        var child = Assert.Single(await ChildrenAsync(client, Main)).Text("key")!;
        await client.ChatEndAsync(child.Split(':')[^1]);
        var grandchild = RunOf(Assert.Single(await ChildrenAsync(client, child)));
        found.SetResult();
        var end = await client.ChatEndAsync($"subagent:subagent:{grandchild}");

        Assert.Equal((Main, "It is gold."), (end.Text("sessionKey"), end.Text("message/content/0/text")));
        Assert.Single(await client.HistoryAsync("main"), line => OpenClawWire.Line(line).StartsWith("user: [Your sub-agent", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("chat.send", """{"sessionKey":"main","message":"/stop","idempotencyKey":"stops"}""")]
    [InlineData("chat.abort", """{"sessionKey":"main"}""")]
    [InlineData("sessions.abort", """{"key":"main"}""")]
    [InlineData("sessions.reset", """{"key":"main"}""")]
    [InlineData("sessions.delete", """{"key":"agent:main:other"}""")]
    public async Task Who_stops_a_session_stops_its_sub_agents_and_it_hears_nothing_of_them(string method, string parameters)
    {
        var begun = new TaskCompletionSource();
        Model.Script = request => request.Messages[^1] switch
        {
            "user: Find out." => Spawn("Look."),
            "user: Look." => Begun(begun, FakeOpenAiReply.Silence()),
            _ => FakeOpenAiReply.Text("It is being looked for.").After(begun.Task),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        var session = method == "sessions.delete" ? "agent:main:other" : Main;
        await client.SendChatAsync(session, "asked", "Find out.");
        await client.ChatEndAsync("asked");
        var child = Assert.Single(await ChildrenAsync(client, session));

        var answer = await client.CallAsync(method, JsonNode.Parse(parameters)!.AsObject());
        var end = await client.ChatEndAsync(RunOf(child));
        await client.SendChatAsync(session, "later", "Hello?");
        await client.ChatEndAsync("later");

        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        Assert.Equal("aborted", end.Text("state"));
        Assert.DoesNotContain(client.Heard, frame => frame.Contains("\"subagent:", StringComparison.Ordinal));
        Assert.DoesNotContain(await client.HistoryAsync(session), line => OpenClawWire.Line(line).Contains("sub-agent", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "small")]
    [InlineData(""" "model":"openai/other", """, "other")]
    public async Task A_sub_agent_has_the_model_that_is_named_for_it_else_that_of_sub_agents(string wish, string model)
    {
        Model.Script = request => request.Messages[^1] switch
        {
            "user: Find out." => FakeOpenAiReply.Calls(("session_spawn", $$"""{ {{wish}} "task":"Look."}""")),
            _ => FakeOpenAiReply.Text("A lake."),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__MODEL", "openai/large"), ("CHELA_AGENTS__DEFAULTS__SUBAGENTS__MODEL", "openai/small")));
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Find out.");
        await client.ChatEndAsync("asked");
        await client.ChatEndAsync($"subagent:{RunOf(Assert.Single(await ChildrenAsync(client, Main)))}");

        Assert.Equal(["large", "large", "large", model], Model.Requests.Select(request => request.Body.Text("model")).Order(StringComparer.Ordinal).Select(name => name!));
    }

    [Fact]
    public async Task What_a_sub_agent_takes_counts_for_the_run_that_spawned_it()
    {
        var goOn = new TaskCompletionSource();
        Model.Script = request => request.Messages[^1] switch
        {
            "user: Find out." => Spawn("Look."),
            "user: Look." => FakeOpenAiReply.Calls(("fs_list", "{}")).After(goOn.Task),
            _ => FakeOpenAiReply.Text("It is being looked for."),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__BUDGET__RUNTOKENS", "20")));
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Find out.");
        await client.ChatEndAsync("asked");
        var run = RunOf(Assert.Single(await ChildrenAsync(client, Main)));
        goOn.SetResult();
        var stopped = await client.ChatEndAsync(run);
        var heard = await client.ChatEndAsync($"subagent:{run}");
        await client.SendChatAsync("main", "later", "Hello?");
        var other = await client.ChatEndAsync("later");

        const string Advice = "Wait, or raise runTokens in agents.defaults.budget or in the budget of the agent.";
        Assert.Equal($"The budget is used up: the task of agent main that this run is for took 22 tokens of 20. {Advice}", stopped.Text("errorMessage"));
        Assert.Equal($"The budget is used up: this run, with its sub-agents, took 22 tokens of 20. {Advice}", heard.Text("errorMessage"));
        Assert.Equal("final", other.Text("state"));
    }

    [Fact]
    public async Task A_model_that_always_spawns_comes_to_an_end()
    {
        var number = 0;
        Model.Script = request => request.Body.Text("tool_choice") == "none"
            ? FakeOpenAiReply.Text("Enough.")
            : Spawn($"Spawn {Interlocked.Increment(ref number)}.");
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__MAXSTEPS", "3")));
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Begin.");
        await Patience.UntilAsync(async _ => await SpawnedAsync(client) is { Count: >= 50 } rows && rows.All(row => row.Text("hasActiveRun") == "false"), "there were as many as may be");
        await Patience.UntilAsync(async _ => (await client.HistoryAsync("main")) is var lines && lines.Count(line => line.Text("stopReason") is not null) == lines.Count(line => line.Text("role") == "user"), "all were heard of");

        var rows = await SpawnedAsync(client);
        Assert.Equal(50, rows.Count);
        Assert.All(rows, row => Assert.InRange(int.Parse(row.Text("spawnDepth")!, CultureInfo.InvariantCulture), 1, 5));
    }

    private static FakeOpenAiReply Spawn(string task) => FakeOpenAiReply.Calls(("session_spawn", $$"""{"task":"{{task}}"}"""));

    private static FakeOpenAiReply Call(string tool, string session, string more) => FakeOpenAiReply.Calls((tool, $$"""{"session":"{{session}}"{{more}}}"""));

    private static FakeOpenAiReply Begun(TaskCompletionSource signal, FakeOpenAiReply reply)
    {
        signal.TrySetResult();
        return reply;
    }

    /// <summary>The key of a sub-agent's session in a text; null where there is none.</summary>
    private static string? KeyIn(string text) => SubagentKey().Match(text) is { Success: true } match ? match.Value : null;

    private static async Task<IReadOnlyList<JsonElement>> SpawnedAsync(WireClient client) =>
        [.. (await client.CallAsync("sessions.list", new JsonObject { ["limit"] = 1000 })).List("payload/sessions").Where(row => row.Text("spawnedBy") is not null)];

    private GatewayStart Start(params (string Name, string Value)[] settings) => new(Folder.Path)
    {
        Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", Model.BaseUrl), .. settings],
    };

    private static async Task<IReadOnlyList<JsonElement>> ChildrenAsync(WireClient client, string parent) =>
        (await client.CallAsync("sessions.list", new JsonObject { ["spawnedBy"] = parent })).List("payload/sessions");

    /// <summary>The run of a sub-agent, which names its session.</summary>
    private static string RunOf(JsonElement row) => row.Text("key")!.Split(':')[^1];

    [GeneratedRegex("agent:main:subagent:[0-9a-f-]{36}")]
    private static partial Regex SubagentKey();
}
