using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable against an HTTP server that speaks streaming chat completions.</summary>
[Trait("Requirement", "G5")]
public sealed class ProviderTests
{
    private const int TornDown = -1;
    private const int EndedEarly = 0;
    private const string Canary = "sk-canary-5d41402abc4b2a76b9719d911017c592";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai-completions", "/v1/chat/completions")]
    [InlineData("openai-responses", "/v1/responses")]
    [Trait("Requirement", "G2")]
    public async Task Deltas_arrive_as_they_come_and_add_up_to_the_final_text(string api, string path)
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        var gate = new TaskCompletionSource();
        fake.Enqueue(FakeOpenAiReply.Held(gate.Task, "It ", "is ", "näïve 🦀", "\n", "\"quoted\" \\ ", "end."));
        using var folder = new TempFolder();
        var start = StartOf(folder, fake);
        await using var gateway = await GatewayProcess.StartAsync(
            start with { Environment = [.. start.Environment, ("CHELA_MODELS__PROVIDERS__OPENAI__API", api)] });
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "run", "how is it?");
        var text = (await client.ChatAsync("run", "delta")).Text("deltaText");
        Assert.Equal("It ", text); // before the rest is even written
        gate.SetResult();
        var next = await client.ChatAsync("run", "delta", "final");
        for (; next.Text("state") == "delta"; next = await client.ChatAsync("run", "delta", "final"))
        {
            text += next.Text("deltaText");
            Assert.Equal(text, next.Text("message/content/0/text"));
        }

        Assert.Equal("It is näïve 🦀\n\"quoted\" \\ end.", text);
        Assert.Equal(text, next.Text("message/content/0/text"));
        Assert.Equal(("5", "6", "11"), (next.Text("usage/input"), next.Text("usage/output"), next.Text("usage/totalTokens")));
        Assert.Equal(text, (await client.HistoryAsync("main"))[^1].Text("content/0/text"));
        var request = Assert.Single(fake.Requests);
        Assert.Equal((path, $"Bearer {Canary}"), (request.Path, request.Headers["Authorization"]));
    }

    [Fact]
    [Trait("Requirement", "G2")]
    [Trait("Requirement", "W2")]
    public async Task JsonRpc_clients_hear_the_same_as_notifications_with_an_end_mark()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Text("one ", "two ", "three"));
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartOf(folder, fake));
        await using var client = await gateway.OpenJsonRpcAsync();

        var accepted = await client.CallRpcAsync("chat.send_stream", new() { ["text"] = "count" });
        var text = "";
        var next = await client.EventAsync("chat.delta", "chat.done");
        for (; next.Text("type") == "chat.delta"; next = await client.EventAsync("chat.delta", "chat.done"))
        {
            Assert.Equal(accepted.Text("result/message_id"), next.Text("message_id"));
            text += next.Text("delta");
        }

        Assert.Equal("one two three", text);
        Assert.Equal(text, next.Text("text"));
        Assert.Equal("3", next.Text("usage/output"));
    }

    [Theory]
    [InlineData(401, null, "unknown", "API key (401)")]
    [InlineData(429, "60", "rate_limit", "retry in 60 s")]
    [InlineData(500, null, "unknown", "failing (500)")]
    [InlineData(TornDown, null, "unknown", "broke off")]
    [InlineData(EndedEarly, null, "unknown", "broke off")]
    [Trait("Requirement", "A8")]
    public async Task A_failing_provider_becomes_one_clear_sentence_and_never_shows_the_key(
        int status, string? retryAfter, string errorKind, string sentence)
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue([.. Enumerable.Range(0, 3).Select(_ => status switch // as often as it is asked, where that may help
        {
            TornDown => FakeOpenAiReply.Cut("half an ", "answer"),
            EndedEarly => FakeOpenAiReply.Events(FakeOpenAiChunks.Role(), FakeOpenAiChunks.Delta("half an answer")),
            _ => FakeOpenAiReply.Failure(status, "code", $"Incorrect API key provided: {Canary}.", retryAfter),
        })]);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartOf(folder, fake) with { Arguments = ["--verbose"] });
        await using var client = await gateway.OpenOpenClawAsync();
        await using var follower = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "run", "hello?");
        var end = await client.ChatEndAsync("run");
        await follower.ChatEndAsync("run");
        var history = await client.HistoryAsync("main");
        await client.CallAsync("status");
        await client.CallAsync("models.list");
        await gateway.TerminateAsync();

        Assert.Equal("error", end.Text("state"));
        Assert.Equal(errorKind, end.Text("errorKind"));
        Assert.Contains(sentence, end.Text("errorMessage"), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', end.Text("errorMessage")!);
        Assert.DoesNotContain("Exception", end.Text("errorMessage"), StringComparison.Ordinal);
        Assert.Equal("error", history[^1].Text("stopReason"));
        Assert.Equal(end.Text("errorMessage"), history[^1].Text("errorMessage"));
        Assert.Equal(end.Text("message/content/0/text") ?? "", history[^1].Text("content/0/text"));
        Assert.StartsWith(history[^1].Text("content/0/text")!, status <= 0 ? "half an answer" : "", StringComparison.Ordinal);
        Assert.True(status != EndedEarly || history[^1].Text("content/0/text") == "half an answer");
        AssertHidden(gateway, client, follower);
    }

    [Fact]
    public async Task After_a_failure_the_next_message_is_answered_and_the_failed_one_is_not_repeated()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Failure(400, "code", "no"), FakeOpenAiReply.Text("back again"));
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartOf(folder, fake));
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "first", "one");
        await client.ChatAsync("first", "error");
        Assert.Equal("ok", await client.SendChatAsync("main", "first", "one"));
        await client.SendChatAsync("main", "second", "two");
        var end = await client.ChatEndAsync("second");

        Assert.Equal("back again", end.Text("message/content/0/text"));
        Assert.Equal(2, fake.Requests.Count);
        Assert.Equal("user: two", fake.Requests[1].Messages[^1]);
    }

    [Fact]
    public async Task Instructions_of_one_run_come_after_those_of_the_agent()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Text("yes"), FakeOpenAiReply.Text("yes"));
        using var folder = new TempFolder();
        var start = StartOf(folder, fake);
        await using var gateway = await GatewayProcess.StartAsync(
            start with { Environment = [.. start.Environment, ("CHELA_AGENTS__DEFAULTS__INSTRUCTIONS", "Be brief.")] });
        await using var client = await gateway.OpenJsonRpcAsync();

        await client.CallRpcAsync("agent", new() { ["message"] = "one", ["idempotencyKey"] = "1", ["extraSystemPrompt"] = "Be kind." });
        await client.CallRpcAsync("agent", new() { ["message"] = "two", ["idempotencyKey"] = "2" });

        Assert.Equal(["system: Be brief.\n\nBe kind.", "system: Be brief."], fake.Requests.Select(request => request.Messages[0]));
    }

    [Fact]
    public async Task Without_compaction_a_conversation_that_no_longer_fits_is_shown_without_its_oldest_messages()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Text("first"), FakeOpenAiReply.Text("second"), FakeOpenAiReply.Text("third"));
        using var folder = new TempFolder();
        var start = StartOf(folder, fake);
        await using var gateway = await GatewayProcess.StartAsync(start with
        {
            Environment =
            [
                .. start.Environment, ("CHELA_AGENTS__DEFAULTS__CONTEXTTOKENS", "1000"), ("CHELA_AGENTS__DEFAULTS__COMPACTION__ENABLED", "false"),
            ],
        });
        await using var client = await gateway.OpenJsonRpcAsync();

        foreach (var letter in "abc")
        {
            await client.CallRpcAsync("chat.send", new() { ["text"] = new string(letter, 1600) });
        }

        Assert.Equal(
            ["a", "aAb", "bAc"],
            fake.Requests.Select(request => string.Concat(request.Messages.Select(text => text.StartsWith("assistant", StringComparison.Ordinal) ? "A" : text[^1..]))));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task An_abort_in_the_middle_ends_the_request_and_keeps_what_was_said()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Held(new TaskCompletionSource().Task, "So far ", "never said"));
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartOf(folder, fake));
        await using var client = await gateway.OpenOpenClawAsync();
        await using var other = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "run", "talk");
        var request = await fake.NextRequestAsync(Ct);
        await client.ChatAsync("run", "delta");
        var answer = await other.CallAsync("chat.abort", new() { ["sessionKey"] = "main", ["runId"] = "run" });
        var end = await client.ChatEndAsync("run");
        using var patience = Patience.Begin();
        await request.Aborted.WaitAsync(patience.Token);

        Assert.Equal("true", answer.Text("payload/aborted"));
        Assert.Equal("aborted", end.Text("state"));
        Assert.Equal("So far ", end.Text("message/content/0/text"));
        Assert.Equal(["user: talk", "assistant (aborted): So far "], (await client.HistoryAsync("main")).Select(OpenClawWire.Line));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task A_session_answers_one_message_at_a_time_and_holds_up_no_other()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        var gate = new TaskCompletionSource();
        fake.Enqueue(
            FakeOpenAiReply.Held(gate.Task, "first ", "answer"), FakeOpenAiReply.Text("elsewhere"), FakeOpenAiReply.Text("second answer"));
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartOf(folder, fake));
        await using var client = await gateway.OpenOpenClawAsync();

        Assert.Equal("started", await client.SendChatAsync("agent:main:a", "a1", "one"));
        await fake.NextRequestAsync(Ct);
        Assert.Equal("started", await client.SendChatAsync("agent:main:a", "a2", "two"));
        Assert.Equal("started", await client.SendChatAsync("agent:main:b", "b1", "other"));
        var elsewhere = await client.ChatAsync("b1", "final");
        Assert.Equal(["user: other"], fake.Requests[1].Messages);
        Assert.Equal(2, fake.Requests.Count);
        gate.SetResult();
        var second = await client.ChatAsync("a2", "final");

        Assert.Equal("elsewhere", elsewhere.Text("message/content/0/text"));
        Assert.Equal("second answer", second.Text("message/content/0/text"));
        Assert.Equal(["user: one", "assistant: first answer", "user: two"], fake.Requests[2].Messages);
    }

    private static GatewayStart StartOf(TempFolder folder, FakeOpenAi fake) => new(folder.Path)
    {
        Environment = [("OPENAI_API_KEY", Canary), ("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1")],
    };

    /// <summary>Looks for the key wherever something can have been written.</summary>
    private static void AssertHidden(GatewayProcess gateway, params WireClient[] clients)
    {
        Assert.DoesNotContain(Canary, gateway.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, gateway.Errors.Text, StringComparison.Ordinal);
        Assert.All(clients.SelectMany(client => client.Heard), frame => Assert.DoesNotContain(Canary, frame, StringComparison.Ordinal));
        var files = Directory.GetFiles(gateway.StateDirectory, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotContain(Canary, File.ReadAllText(file), StringComparison.Ordinal));
    }
}
