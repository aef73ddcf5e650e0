using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>How hard models think: by message, session and agent, told to every kind of model, at the real executable.</summary>
[Trait("Requirement", "B4")]
[Trait("Requirement", "W9")]
public sealed class ThinkingTests : ScriptedModelTest
{
    private const string Thinker = "openai/o4-mini";

    [Fact]
    public async Task The_level_of_a_session_is_asked_for_until_it_is_taken_back_also_after_a_restart()
    {
        await using (var gateway = await StartAsync())
        {
            await using var client = await gateway.OpenOpenClawAsync();
            var patched = await client.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["thinkingLevel"] = "high" });
            Assert.Equal(("high", "high"), (patched.Text("payload/entry/thinkingLevel"), patched.Text("payload/resolved/thinkingLevel")));
            Assert.Equal(["off", "minimal", "low", "medium", "high"], patched.List("payload/resolved/thinkingLevels").Select(level => level.Text("id")));
            gateway.Kill();
            await gateway.EndAsync();
        }

        await using var again = await StartAsync();
        await using var back = await again.OpenOpenClawAsync();
        await SayAsync(back, "1", "One?");
        var history = await back.CallAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        var list = await back.CallAsync("sessions.list", []);
        await back.CallAsync("sessions.reset", new JsonObject { ["key"] = "main" });
        await SayAsync(back, "2", "Two?");
        await back.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["thinkingLevel"] = null });
        await SayAsync(back, "3", "Three?");

        Assert.Equal(["high", "high", null], Efforts());
        Assert.Equal("high", history.Text("payload/thinkingLevel"));
        Assert.Equal("high", list.Text("payload/sessions/0/thinkingLevel"));
    }

    [Fact]
    public async Task A_message_comes_before_its_session_and_that_before_its_agent()
    {
        await using var gateway = await StartAsync("low");
        await using var client = await gateway.OpenOpenClawAsync();

        await SayAsync(client, "1", "By the agent?");
        await SayAsync(client, "2", "/think high");
        await SayAsync(client, "3", "By the session?");
        await SayAsync(client, "4", "By the call?", "medium");
        await SayAsync(client, "5", "/t minimal In front?");
        await SayAsync(client, "6", "/think default In front?");
        await SayAsync(client, "7", "/think off");
        await SayAsync(client, "8", "Not at all?");
        await SayAsync(client, "9", "/think default");
        await SayAsync(client, "10", "By the agent again?");

        Assert.Equal(["low", "high", "medium", "low", "low", null, "low"], Efforts());
    }

    [Fact]
    public async Task Calls_to_agent_and_new_sessions_name_a_level_too()
    {
        await using var gateway = await StartAsync();
        await using var client = await gateway.OpenOpenClawAsync();

        var run = await client.CallAsync("agent", new JsonObject { ["message"] = "Hello", ["idempotencyKey"] = "a", ["thinking"] = "high" });
        await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "a" });
        var made = await client.CallAsync("sessions.create", new JsonObject { ["key"] = "new", ["thinkingLevel"] = "medium", ["message"] = "Hello", ["idempotencyKey"] = "b" });
        await client.ChatEndAsync("b");

        Assert.Equal("true", run.Text("ok"));
        Assert.Equal("medium", made.Text("payload/entry/thinkingLevel"));
        Assert.Equal(["high", "medium"], Efforts());
    }

    [Fact]
    public async Task What_a_model_cannot_is_refused_with_what_it_can_and_never_fails_a_run()
    {
        await using var gateway = await StartAsync();
        await using var client = await gateway.OpenOpenClawAsync();
        await client.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["thinkingLevel"] = "high" });

        var unknown = await client.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["thinkingLevel"] = "ultra" });
        var other = await client.CallAsync("sessions.patch", new JsonObject { ["key"] = "other", ["model"] = "openai/gpt-4.1", ["thinkingLevel"] = "low" });
        var changed = await client.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["model"] = "openai/gpt-4.1" });
        var asked = await client.CallAsync("chat.send", Parameters("1", "Hello", "low"));
        await SayAsync(client, "2", "Hello");

        Assert.Equal($"thinkingLevel \"ultra\" is not supported for {Thinker} (use off, minimal, low, medium, high)", unknown.Text("error/message"));
        Assert.Equal("thinkingLevel \"low\" is not supported for openai/gpt-4.1 (use off)", other.Text("error/message"));
        Assert.Equal("thinking \"low\" is not supported for openai/gpt-4.1 (use off)", asked.Text("error/message"));
        Assert.Equal(("high", "off"), (changed.Text("payload/entry/thinkingLevel"), changed.Text("payload/resolved/thinkingLevel")));
        Assert.Equal(("gpt-4.1", null), (Model.Requests.Single().Model, Efforts().Single()));
    }

    [Fact]
    public async Task Responses_and_a_level_that_only_openclaw_has_are_asked_for_too()
    {
        await using var gateway = await StartAsync("ultra", ("CHELA_MODELS__PROVIDERS__OPENAI__API", "openai-responses"));
        await using var client = await gateway.OpenOpenClawAsync();

        await SayAsync(client, "1", "Hello");

        Assert.Equal("high", Model.Requests.Single().Body.Text("reasoning/effort"));
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task Anthropics_models_get_back_what_they_thought_before_they_called_a_tool_and_people_never_see_it()
    {
        Model.Enqueue(
            new FakeAnthropicEvents().Thought("Where is it?", "seal-1").Text("I look.").Call("c0", "fs_list", """{"path":"."}""").Stop("tool_use").ToReply(),
            new FakeAnthropicEvents().Text(" Nothing there.").Stop("end_turn").ToReply());
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(Folder.Path)
        {
            Environment = [("ANTHROPIC_API_KEY", "sk-ant-test-0123456789"), ("ANTHROPIC_BASE_URL", Model.Address), ("CHELA_MODEL", "anthropic/claude-sonnet-4-5")],
        });
        await using var client = await gateway.OpenOpenClawAsync();

        await client.CallAsync("chat.send", Parameters("1", "What is there?", "medium"));
        var end = await client.ChatEndAsync("1");

        Assert.Equal("I look.\n\n Nothing there.", end.Text("message/content/0/text"));
        Assert.All(Model.Requests, request => Assert.Equal("8192", request.Body.Text("thinking/budget_tokens")));
        var sealedThought = Model.Requests[1].Body.List("messages")[1].List("content")[0];
        Assert.Equal(("thinking", "Where is it?", "seal-1"), (sealedThought.Text("type"), sealedThought.Text("thinking"), sealedThought.Text("signature")));
        Assert.DoesNotContain("Where is it?", string.Concat(client.Heard), StringComparison.Ordinal);
    }

    private static JsonObject Parameters(string runId, string message, string? thinking)
    {
        var parameters = OpenClawWire.ChatParams("main", runId, message);
        parameters["thinking"] = thinking;
        return parameters;
    }

    private static async Task SayAsync(WireClient client, string runId, string message, string? thinking = null)
    {
        var sent = await client.CallAsync("chat.send", thinking is null ? OpenClawWire.ChatParams("main", runId, message) : Parameters(runId, message, thinking));
        Assert.Equal("true", sent.Text("ok"));
        await client.ChatEndAsync(runId);
    }

    private Task<GatewayProcess> StartAsync(string level = "off", params (string Name, string Value)[] more) => GatewayProcess.StartAsync(new GatewayStart(Folder.Path)
    {
        Environment =
        [
            ("OPENAI_API_KEY", "sk-test-0123456789"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", Thinker),
            ("CHELA_AGENTS__DEFAULTS__THINKINGDEFAULT", level), ("CHELA_AGENTS__DEFAULTS__MODE", "fast"), .. more,
        ],
    });

    private IEnumerable<string?> Efforts() => Model.Requests.Select(request => request.Body.Text("reasoning_effort"));
}
