using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The methods <c>agent</c> and <c>agent.wait</c> of the real gateway: two answers to one call.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "W9")]
public sealed class AgentTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private GatewayProcess Gateway => fixture.Gateway;

    [Fact]
    public async Task An_agent_is_accepted_first_and_answers_when_it_has_ended()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var id = client.NextId();

        await client.SendAsync(OpenClawWire.Request(id, "agent", Params("two-answers", "Hello there", "agent:main:two")));
        var accepted = await client.AnswerAsync(id);
        var last = await client.AnswerAsync(id);

        Assert.Equal(("two-answers", "agent:main:two", "main", "accepted"), (
            accepted.Text("payload/runId"), accepted.Text("payload/sessionKey"), accepted.Text("payload/agentId"), accepted.Text("payload/status")));
        Assert.True(accepted.Find("payload/acceptedAt")?.GetInt64() > 0);
        Assert.Equal(("ok", "completed", "Hello there"), (
            last.Text("payload/status"), last.Text("payload/summary"), last.Text("payload/result/payloads/0/text")));
        var meta = last.Find("payload/result/meta/agentMeta")!.Value;
        Assert.Equal(("echo", "echo"), (meta.Text("provider"), meta.Text("model")));
        Assert.NotEqual("", meta.Text("sessionId"));
        Assert.True(last.Find("payload/result/meta/durationMs")?.GetInt64() >= 0);
    }

    [Fact]
    public async Task Its_events_are_those_of_a_chat_and_come_between_the_two_answers()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var id = client.NextId();

        await client.SendAsync(OpenClawWire.Request(id, "agent", Params("between", "one", "between")));
        await client.AnswerAsync(id);
        await client.AnswerAsync(id);

        var order = client.Heard.Select(text => JsonElement.Parse(text))
            .Where(frame => frame.Text("id") == id || frame.Text("event") == "chat")
            .Select(frame => frame.Text("payload/status") ?? frame.Text("payload/state"));
        Assert.Equal(["accepted", "delta", "final", "ok"], order);
    }

    [Fact]
    public async Task The_same_key_is_in_flight_while_the_run_lasts_and_gives_the_same_answer_after_it()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var id = client.NextId();
        var call = Params("again", "/slow 200 one two", "again");

        await client.SendAsync(OpenClawWire.Request(id, "agent", call));
        await client.AnswerAsync(id);
        var during = await client.CallAsync("agent", call.DeepClone().AsObject());
        var last = await client.AnswerAsync(id);
        var after = await client.CallAsync("agent", call.DeepClone().AsObject());
        var other = await client.CallAsync("agent", Params("again", "something else", "again"));

        Assert.Equal("in_flight", during.Text("payload/status"));
        Assert.Equal("one two", last.Text("payload/result/payloads/0/text"));
        Assert.Equal(("ok", "one two"), (after.Text("payload/status"), after.Text("payload/result/payloads/0/text")));
        Assert.Equal("another message was already sent with the idempotency key again", other.Text("error/message"));
    }

    [Fact]
    public async Task A_run_that_fails_is_answered_with_an_error_and_its_payload()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var id = client.NextId();
        var call = Params("fails", "/slow 5000 never said", "fails");
        call["timeout"] = 1;

        await client.SendAsync(OpenClawWire.Request(id, "agent", call));
        await client.AnswerAsync(id);
        var last = await client.AnswerAsync(id);
        var waited = await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "fails" });

        Assert.Equal(("false", "UNAVAILABLE"), (last.Text("ok"), last.Text("error/code")));
        Assert.Equal("The model did not finish within 1 s.", last.Text("error/message"));
        Assert.Equal(("fails", "error"), (last.Text("payload/runId"), last.Text("payload/status")));
        Assert.Equal(("error", "The model did not finish within 1 s."), (waited.Text("payload/status"), waited.Text("payload/error")));
    }

    [Fact]
    public async Task Waiting_ends_with_the_run_or_when_the_time_is_up()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var wait = client.NextId();

        await client.SendAsync(OpenClawWire.Request(wait, "agent.wait", new JsonObject { ["runId"] = "awaited", ["timeoutMs"] = 30_000 }));
        await client.SendChatAsync("awaited", "awaited", "/slow 100 one two");
        var early = await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "awaited", ["timeoutMs"] = 0 });
        var ended = await client.AnswerAsync(wait);
        var again = await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "awaited" });

        Assert.Equal(("timeout", null), (early.Text("payload/status"), early.Text("payload/endedAt")));
        Assert.Equal(("ok", "stop"), (ended.Text("payload/status"), ended.Text("payload/stopReason")));
        Assert.True(ended.Find("payload/endedAt")?.GetInt64() >= ended.Find("payload/startedAt")?.GetInt64());
        Assert.Equal(ended.Text("payload/endedAt"), again.Text("payload/endedAt"));
    }

    [Fact]
    public async Task A_run_that_somebody_stops_says_so_in_both()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var id = client.NextId();

        await client.SendAsync(OpenClawWire.Request(id, "agent", Params("stopped", "/slow 500 one two three", "stopped")));
        await client.AnswerAsync(id);
        await client.ChatAsync("stopped", "delta");
        var stop = await client.CallAsync("chat.send", OpenClawWire.ChatParams("stopped", "stop-1", "Stop!"));
        var last = await client.AnswerAsync(id);
        var waited = await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "stopped" });

        Assert.Equal("""{"ok":true,"aborted":true,"runIds":["stopped"]}""", stop.Text("payload"));
        Assert.Equal(("timeout", "aborted", "true"), (
            last.Text("payload/status"), last.Text("payload/summary"), last.Text("payload/result/meta/aborted")));
        Assert.Equal(("timeout", "rpc"), (waited.Text("payload/status"), waited.Text("payload/stopReason")));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task A_run_of_another_session_is_not_stopped_and_one_that_waits_is_found_by_its_id()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await client.SendChatAsync("busy", "busy-1", "/slow 5000 one two three");
        await client.SendChatAsync("busy", "busy-2", "waits");

        var wrong = await client.CallAsync("chat.abort", new JsonObject { ["sessionKey"] = "idle", ["runId"] = "busy-2" });
        var waiting = await client.CallAsync("sessions.abort", new JsonObject { ["runId"] = "busy-2" });
        var running = await client.CallAsync("chat.abort", new JsonObject { ["sessionKey"] = "busy", ["runId"] = "busy-1" });

        Assert.Equal(
            ("INVALID_REQUEST", "the run busy-2 belongs to another session than agent:main:idle"),
            (wrong.Text("error/code"), wrong.Text("error/message")));
        Assert.Equal(("aborted", "busy-2"), (waiting.Text("payload/status"), waiting.Text("payload/abortedRunId")));
        Assert.Equal("true", running.Text("payload/aborted"));
    }

    [Fact]
    public async Task The_other_dialects_are_sent_the_last_answer_only()
    {
        await using var client = await Gateway.OpenJsonRpcAsync();

        var answer = await client.CallRpcAsync("agent", Params("json-rpc", "Hello", "json-rpc"));

        Assert.Equal("ok", answer.Text("result/status"));
        Assert.Single(client.Heard, text => text.Contains("\"id\"", StringComparison.Ordinal));
    }

    /// <summary>As <c>openclaw agent --session-id nightly</c> does.</summary>
    [Fact]
    public async Task A_session_id_of_the_callers_own_making_names_a_conversation()
    {
        await using var client = await Gateway.OpenJsonRpcAsync();

        var first = await client.CallRpcAsync("agent", OfSession("own-1", "one"));
        var second = await client.CallRpcAsync("agent", OfSession("own-2", "two"));
        var history = await client.CallRpcAsync("sessions.get", new() { ["key"] = "agent:main:explicit:nightly" });

        Assert.Equal(first.Text("result/result/meta/agentMeta/sessionId"), second.Text("result/result/meta/agentMeta/sessionId"));
        Assert.Equal(["one", "one", "two", "two"], history.List("result/messages").Select(message => message.Text("content/0/text")));

        static JsonObject OfSession(string runId, string message) =>
            new() { ["message"] = message, ["idempotencyKey"] = runId, ["sessionId"] = "nightly", ["lane"] = "cron" };
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_by_name()
    {
        await using var client = await Gateway.OpenOpenClawAsync();

        Assert.Equal("thinking \"high\" is not supported for echo/echo (use off)", await Refusal("thinking", "high"));
        Assert.StartsWith("deliver: there is no channel", await Refusal("deliver", true), StringComparison.Ordinal);
        Assert.Equal("no session has the sessionId nobody", await Refusal("sessionId", "nobody"));
        Assert.StartsWith("There is no model provider \"nowhere\"", await Refusal("model", "nowhere/model"), StringComparison.Ordinal);
        Assert.Contains("unexpected property 'swarmCollector'", await Refusal("swarmCollector", true), StringComparison.Ordinal);

        async Task<string?> Refusal(string name, JsonNode value)
        {
            var call = Params("refused", "Hello", "refused");
            call[name] = value;
            return (await client.CallAsync("agent", call)).Text("error/message");
        }
    }

    private static JsonObject Params(string runId, string message, string session) =>
        new() { ["message"] = message, ["idempotencyKey"] = runId, ["sessionKey"] = session };
}
