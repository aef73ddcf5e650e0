using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Looking at single sessions and changing them, in OpenClaw's words.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "W9")]
public sealed class SessionViewTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private GatewayProcess Gateway => fixture.Gateway;

    [Fact]
    public async Task A_session_is_found_by_its_key_its_id_and_its_label()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await SayAsync(client, "found", "Hello");

        var patched = await client.CallAsync("sessions.patch", Of("found", ("label", "Found it")));
        var id = patched.Text("payload/entry/sessionId")!;
        var described = await client.CallAsync("sessions.describe", Of("found"));

        foreach (var by in new[] { Of("found"), new JsonObject { ["sessionId"] = id }, new JsonObject { ["label"] = "Found it" } })
        {
            var resolved = await client.CallAsync("sessions.resolve", by);
            Assert.Equal("""{"ok":true,"key":"agent:main:found","agentId":"main","displayName":"Found it"}""", resolved.Text("payload"));
        }

        Assert.Equal((id, "Found it", "done"), (
            described.Text("payload/session/sessionId"), described.Text("payload/session/label"), described.Text("payload/session/status")));
    }

    [Fact]
    public async Task What_is_not_there_is_missing_and_not_invented()
    {
        await using var client = await Gateway.OpenOpenClawAsync();

        var described = await client.CallAsync("sessions.describe", Of("nowhere"));
        var refused = await client.CallAsync("sessions.resolve", Of("nowhere"));
        var allowed = await client.CallAsync("sessions.resolve", Of("nowhere", ("allowMissing", true)));
        var injected = await client.CallAsync("chat.inject", new JsonObject { ["sessionKey"] = "nowhere", ["message"] = "x" });
        var preview = await client.CallAsync("sessions.preview", new JsonObject { ["keys"] = new JsonArray("nowhere") });

        Assert.Equal("""{"session":null}""", described.Text("payload"));
        Assert.Equal(("INVALID_REQUEST", "No session found: nowhere"), (refused.Text("error/code"), refused.Text("error/message")));
        Assert.Equal("""{"ok":false}""", allowed.Text("payload"));
        Assert.Equal("session not found", injected.Text("error/message"));
        Assert.Equal("""[{"key":"nowhere","status":"missing","items":[]}]""", preview.Text("payload/previews"));
    }

    [Fact]
    public async Task The_model_of_a_session_answers_its_next_run_and_null_takes_it_back()
    {
        await using var client = await Gateway.OpenOpenClawAsync();

        var chosen = await client.CallAsync("sessions.patch", Of("model", ("model", "echo/echo")));
        var unknown = await client.CallAsync("sessions.patch", Of("model", ("model", "nowhere/x")));
        var back = await client.CallAsync("sessions.patch", Of("model", ("model", null)));

        Assert.Equal(("echo", "echo"), (chosen.Text("payload/entry/providerOverride"), chosen.Text("payload/resolved/model")));
        Assert.StartsWith("There is no model provider \"nowhere\"", unknown.Text("error/message"), StringComparison.Ordinal);
        Assert.Null(back.Text("payload/entry/modelOverride"));
    }

    [Fact]
    public async Task A_label_belongs_to_one_session_only()
    {
        await using var client = await Gateway.OpenOpenClawAsync();

        await client.CallAsync("sessions.patch", Of("first", ("label", "Mine")));
        var second = await client.CallAsync("sessions.patch", Of("second", ("label", "Mine")));
        var wrong = await client.CallAsync("sessions.patch", Of("second", ("label", 7)));

        Assert.Equal("label already in use: Mine", second.Text("error/message"));
        Assert.Equal("invalid sessions.patch params: at /label: must be string or null", wrong.Text("error/message"));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_reset_session_has_another_id_and_nothing_said_and_keeps_its_label()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await SayAsync(client, "reset", "Hello");
        var before = await client.CallAsync("sessions.patch", Of("reset", ("label", "Kept")));

        var reset = await client.CallAsync("sessions.reset", Of("reset"));
        var history = await client.HistoryAsync("reset");
        var late = await client.CallAsync("sessions.reset", Of("reset", ("expectedSessionId", before.Text("payload/entry/sessionId"))));

        Assert.NotEqual(before.Text("payload/entry/sessionId"), reset.Text("payload/entry/sessionId"));
        Assert.Equal("Kept", reset.Text("payload/entry/label"));
        Assert.Empty(history);
        Assert.Equal("the session changed since it was read; list it again", late.Text("error/message"));
    }

    [Fact]
    public async Task A_note_stands_in_the_transcript_and_is_told_like_an_answer()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await SayAsync(client, "noted", "Hello");

        var answer = await client.CallAsync("chat.inject", new JsonObject { ["sessionKey"] = "noted", ["message"] = "a note", ["label"] = "me" });
        var told = await client.ChatAsync($"inject-{answer.Text("payload/messageId")}", "final");
        var history = await client.HistoryAsync("noted");
        var preview = await client.CallAsync("sessions.preview", new JsonObject { ["keys"] = new JsonArray("noted") });

        Assert.Equal("[me]\n\na note", told.Text("message/content/0/text"));
        Assert.Equal("assistant (stop): [me]\n\na note", OpenClawWire.Line(history[^1]));
        Assert.Equal(["Hello", "Hello", "[me]\n\na note"], preview.List("payload/previews/0/items").Select(item => item.Text("text")));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task What_runs_in_a_session_is_stopped_by_its_key_or_by_its_run()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await client.SendChatAsync("work", "work-1", "/slow 2000 one two three");
        await client.SendChatAsync("work", "work-2", "second");
        await client.WhenHeardAsync(frame => frame.Text("payload/runId") == "work-1");

        var stopped = await client.CallAsync("sessions.abort", Of("work"));
        var again = await client.CallAsync("sessions.abort", new JsonObject { ["runId"] = "work-1" });

        Assert.Equal("""{"ok":true,"status":"aborted","abortedRunId":"work-1"}""", stopped.Text("payload"));
        Assert.Equal("""{"ok":true,"status":"no-active-run","abortedRunId":null}""", again.Text("payload"));
        Assert.Equal("aborted", (await client.ChatEndAsync("work-2")).Text("state"));
    }

    private static JsonObject Of(string key, params (string Name, JsonNode? Value)[] more)
    {
        var parameters = new JsonObject { ["key"] = key };
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }

        return parameters;
    }

    private static async Task SayAsync(WireClient client, string session, string text)
    {
        await client.SendChatAsync(session, $"{session}-say", text);
        await client.ChatEndAsync($"{session}-say");
    }
}
