using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Messages that come while their session is busy, through the real executable and a model that answers when it is told to.</summary>
[Trait("Requirement", "B1")]
public sealed class QueueModeTests : ScriptedModelTest
{
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ValueTask DisposeAsync()
    {
        _mayAnswer.TrySetResult();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Followup_each_message_has_a_run_of_its_own()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await BeginAsync(client);
        await SendAsync(client, "a", "followup");
        await SendAsync(client, "b", "followup");
        Model.Enqueue(FakeOpenAiReply.Text("to a"), FakeOpenAiReply.Text("to b"));
        _mayAnswer.SetResult();

        Assert.Equal(["final: to first", "final: to a", "final: to b"], await EndsAsync(client, "first", "a", "b"));
        Assert.Equal(
            ["user: first", "assistant (stop): to first", "user: a", "assistant (stop): to a", "user: b", "assistant (stop): to b"],
            await HistoryAsync(client));
    }

    [Fact]
    public async Task Collect_what_came_meanwhile_is_answered_by_one_run_and_each_run_id_ends_once_also_for_who_asks_later()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_MESSAGES__QUEUE__MODE", "collect")));
        await using var client = await gateway.OpenOpenClawAsync();
        await using var blocking = await gateway.OpenJsonRpcAsync();
        await BeginAsync(client);
        await SendAsync(client, "a", null);
        var asked = blocking.NextId();
        await blocking.SendAsync(JsonRpcWire.Call(asked, "chat.send", new() { ["text"] = "b", ["idempotency_key"] = "b" }));
        await Patience.UntilAsync(async _ => (await HistoryAsync(client)).Contains("user: b"), "the second message waited");
        await SendAsync(client, "c", null);
        Model.Enqueue(FakeOpenAiReply.Text("to all three"));
        _mayAnswer.SetResult();

        Assert.Equal(["final: to first", "final: to all three", "final: ", "final: "], await EndsAsync(client, "first", "c", "a", "b"));
        var reply = await blocking.ReceiveAsync(frame => frame.Text("id") == asked);
        Assert.Equal(("b", "to all three"), (reply.Text("result/message_id"), reply.Text("result/text")));
        Assert.Equal(
            ["user: first", "assistant (stop): to first", "user: a", "user: b", "user: c", "assistant (stop): to all three"],
            await HistoryAsync(client));
        Assert.Equal(["user: a", "user: b", "user: c"], Model.Requests[^1].Messages.TakeLast(3));
        Assert.Equal(2, Model.Requests.Count);

        var again = await client.CallAsync("agent", new JsonObject { ["message"] = "a", ["sessionKey"] = "main", ["idempotencyKey"] = "a" });
        var waited = await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "a" });
        Assert.Equal(("a", "to all three"), (again.Text("payload/runId"), again.Text("payload/result/payloads/0/text")));
        Assert.Equal("ok", waited.Text("payload/status"));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task Collect_killed_while_messages_wait_and_while_they_are_answered_each_is_found_once_with_one_end()
    {
        var start = Start(("CHELA_MESSAGES__QUEUE__MODE", "collect"));
        string[] runs = ["first", "a", "b", "c"];
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await BeginAsync(client);
            await SendAsync(client, "a", null);
            await SendAsync(client, "b", null);
            Model.Enqueue(FakeOpenAiReply.Held(new TaskCompletionSource().Task, "to a ", "and b"));
            _mayAnswer.SetResult();
            await client.ChatAsync("b", "delta");
            await SendAsync(client, "c", null);
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var reader = await again.OpenOpenClawAsync();
        var history = await reader.HistoryAsync("main");

        foreach (var run in runs)
        {
            var lines = history.Where(line => line.Text("runId") == run).Select(line => $"{line.Text("role")} {line.Text("stopReason")}");
            Assert.Equal(["user ", run == "first" ? "assistant stop" : "assistant interrupted"], lines);
            Assert.Equal("ok", await reader.SendChatAsync("main", run, run));
        }

        Assert.Equal(2 * runs.Length, history.Count);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task Collect_killed_right_after_the_answer_the_next_start_finds_it_for_each_of_the_messages()
    {
        var start = Start(("CHELA_MESSAGES__QUEUE__MODE", "collect"));
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await BeginAsync(client);
            await SendAsync(client, "a", null);
            await SendAsync(client, "b", null);
            Model.Enqueue(FakeOpenAiReply.Text("to both"));
            _mayAnswer.SetResult();
            await client.ChatAsync("b", "final");
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var reader = await again.OpenOpenClawAsync();

        Assert.Equal(["user: first", "assistant (stop): to first", "user: a", "user: b", "assistant (stop): to both"], await HistoryAsync(reader));
        Assert.Equal("ok", await reader.SendChatAsync("main", "a", "a"));
    }

    [Fact]
    public async Task Interrupt_the_running_answer_is_cut_off_and_the_newest_message_runs()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await BeginAsync(client);
        await SendAsync(client, "waits", "followup");
        Model.Enqueue(FakeOpenAiReply.Text("to now"));

        var acknowledged = await SendAsync(client, "now", "interrupt");

        Assert.Equal("true", acknowledged.Text("payload/interruptedActiveRun"));
        Assert.Equal(["aborted: to ", "aborted: ", "final: to now"], await EndsAsync(client, "first", "waits", "now"));
        Assert.Equal(
            ["user: first", "assistant (aborted): to ", "user: waits", "assistant (aborted): ", "user: now", "assistant (stop): to now"],
            await HistoryAsync(client));
    }

    [Fact]
    public async Task Steer_a_run_that_has_not_asked_itsModel_takes_the_message_in_and_one_that_has_leaves_it_for_the_next()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__MAXCONCURRENT", "1")));
        await using var client = await gateway.OpenOpenClawAsync();
        await BeginAsync(client); // holds the only slot
        await SendAsync(client, "late", "steer");
        await SendAsync(client, "a", "steer", "other");
        await SendAsync(client, "b", "steer", "other");
        Model.Enqueue(FakeOpenAiReply.Text("one"), FakeOpenAiReply.Text("two"));
        _mayAnswer.SetResult();

        var ends = await EndsAsync(client, "first", "late", "a", "b");
        Assert.Equal("final: to first", ends[0]);
        Assert.Equal(["final: ", "final: one", "final: two"], ends.Skip(1).Order(StringComparer.Ordinal));
        Assert.Equal("final: ", ends[3]);
        Assert.Equal(4, (await HistoryAsync(client)).Count);
        Assert.Equal(["user: a", "user: b"], (await HistoryAsync(client, "other")).Take(2));
        Assert.Equal(3, (await HistoryAsync(client, "other")).Count);
        Assert.Equal(3, Model.Requests.Count);
    }

    [Fact]
    public async Task A_full_lane_refuses_the_new_message_visibly()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_MESSAGES__QUEUE__CAP", "1")));
        await using var client = await gateway.OpenOpenClawAsync();
        await BeginAsync(client);
        await SendAsync(client, "a", "followup");

        var refused = await client.CallAsync("chat.send", OpenClawWire.ChatParams("main", "b", "b"));
        _mayAnswer.SetResult();
        await EndsAsync(client, "a");

        Assert.Equal(("false", "true"), (refused.Text("ok"), refused.Text("error/retryable")));
        Assert.Contains("1 messages already wait", refused.Text("error/message"), StringComparison.Ordinal);
        Assert.DoesNotContain("user: b", await HistoryAsync(client));
    }

    [Theory]
    [InlineData("old", "user: c")]
    [InlineData("summarize", "user: [2 earlier messages came faster than they could be answered. They began:]\n- a\n- b", "user: c")]
    public async Task Where_the_oldest_give_way_they_end_with_an_error_and_noModel_reads_them_whole(string drop, params string[] shown)
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        var patched = await client.CallAsync("sessions.patch", new() { ["key"] = "main", ["queueCap"] = 1, ["queueDrop"] = drop });
        await BeginAsync(client);
        foreach (var run in new[] { "a", "b", "c" })
        {
            await SendAsync(client, run, "followup");
        }

        Model.Enqueue(FakeOpenAiReply.Text("to c"));
        _mayAnswer.SetResult();

        Assert.Equal((drop, "1"), (patched.Text("payload/entry/queueDrop"), patched.Text("payload/entry/queueCap")));
        Assert.Equal(["final: to first", "error: ", "error: ", "final: to c"], await EndsAsync(client, "first", "a", "b", "c"));
        Assert.Equal(["assistant: to first", .. shown], Model.Requests[^1].Messages.TakeLast(shown.Length + 1));
        var asked = (await HistoryAsync(client)).Where(line => line.StartsWith("user", StringComparison.Ordinal));
        Assert.Equal(["user: first", "user: a", "user: b", "user: c"], asked);
    }

    [Fact]
    public async Task A_session_keeps_its_own_way_to_queue_and_takes_back_what_is_null()
    {
        var start = Start();
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.CallAsync("sessions.patch", new() { ["key"] = "main", ["queueMode"] = "interrupt", ["queueDebounceMs"] = 0, ["queueCap"] = 3 });
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var other = await again.OpenOpenClawAsync();
        await BeginAsync(other);
        Model.Enqueue(FakeOpenAiReply.Text("to now"));
        var acknowledged = await SendAsync(other, "now", null);
        var back = await other.CallAsync("sessions.patch", new() { ["key"] = "main", ["queueMode"] = null });
        var wrong = await other.CallAsync("sessions.patch", new() { ["key"] = "main", ["queueMode"] = "backlog" });
        var large = await other.CallAsync("sessions.patch", new() { ["key"] = "main", ["queueCap"] = 501 });

        Assert.Equal("true", acknowledged.Text("payload/interruptedActiveRun"));
        Assert.Equal((null, "0", "3"), (back.Text("payload/entry/queueMode"), back.Text("payload/entry/queueDebounceMs"), back.Text("payload/entry/queueCap")));
        Assert.Contains("/queueMode", wrong.Text("error/message"), StringComparison.Ordinal);
        Assert.Contains("/queueCap", large.Text("error/message"), StringComparison.Ordinal);
    }

    private GatewayStart Start(params (string Name, string Value)[] environment) => new(Folder.Path)
    {
        Environment = [("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/fake-1"), .. environment],
    };

    /// <summary>Starts a run whose answer stays half said until the test allows the rest.</summary>
    private async Task BeginAsync(WireClient client)
    {
        Model.Enqueue(FakeOpenAiReply.Held(_mayAnswer.Task, "to ", "first"));
        await SendAsync(client, "first", null);
        await client.ChatAsync("first", "delta");
    }

    /// <summary>Sends a message that is its own run id.</summary>
    private static async Task<JsonElement> SendAsync(WireClient client, string run, string? mode, string session = "main")
    {
        var parameters = OpenClawWire.ChatParams(session, run, run);
        if (mode is not null)
        {
            parameters["queueMode"] = mode;
        }

        var answer = await client.CallAsync("chat.send", parameters);
        Assert.Equal("started", answer.Text("payload/status"));
        return answer;
    }

    /// <summary>How these runs ended, and that each ended once.</summary>
    private static async Task<IReadOnlyList<string>> EndsAsync(WireClient client, params string[] runs)
    {
        var ends = new List<string>();
        foreach (var run in runs)
        {
            var end = await client.ChatEndAsync(run);
            ends.Add($"{end.Text("state")}: {end.Text("message/content/0/text")}");
        }

        await client.CallAsync("health"); // whatever was said before the answer has been heard by now
        var told = client.Heard.Select(frame => JsonDocument.Parse(frame).RootElement)
            .Where(frame => frame.Text("event") == "chat" && frame.Text("payload/state") is "final" or "aborted" or "error")
            .Select(frame => frame.Text("payload/runId"));
        Assert.All(runs, run => Assert.Single(told, run));
        return ends;
    }

    private static async Task<IReadOnlyList<string>> HistoryAsync(WireClient client, string session = "main") =>
        [.. (await client.HistoryAsync(session)).Select(OpenClawWire.Line)];
}
