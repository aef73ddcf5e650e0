using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Rpc;

namespace Chela.Gateway.Tests.Sessions;

[Trait("Requirement", "B4")]
public sealed class ChatHistoryTests : GatewayPartsTest
{
    [Fact]
    public async Task A_session_that_does_not_exist_has_no_history_and_asking_does_not_make_it()
    {
        var history = await ReadAsync();

        Assert.Equal(("agent:main:main", null, 0L, false), (history.SessionKey, history.SessionId, history.TotalMessages, history.HasMore));
        Assert.Empty(history.Messages);
        Assert.Equal(0, Parts.Get<SessionTable>().Count);
    }

    [Theory]
    [InlineData(1, "m5", true)]
    [InlineData(5, "m1 m2 m3 m4 m5", true)]
    [InlineData(6, "m0 m1 m2 m3 m4 m5", false)]
    [InlineData(1000, "m0 m1 m2 m3 m4 m5", false)]
    public async Task The_newest_messages_come_oldest_first(int limit, string texts, bool hasMore)
    {
        await WriteAsync([.. Enumerable.Range(0, 6).Select(n => User($"m{n}"))]);

        var history = await ReadAsync(limit);

        Assert.Equal(texts, string.Join(' ', Texts(history)));
        Assert.Equal((hasMore, 6L), (history.HasMore, history.TotalMessages));
        Assert.Null(history.InFlightRun);
    }

    [Theory]
    [InlineData(2, 2, "m2 m3", true, 4)]
    [InlineData(4, 4, "m0 m1", false, null)]
    [InlineData(10, 9, "", false, null)]
    public async Task Earlier_messages_come_a_page_at_aClock(int limit, int offset, string texts, bool hasMore, int? next)
    {
        await WriteAsync([.. Enumerable.Range(0, 6).Select(n => User($"m{n}"))]);

        var history = await ReadAsync(limit, offset: offset);

        Assert.Equal(texts, string.Join(' ', Texts(history)));
        Assert.Equal((hasMore, 6L, offset, next), (history.HasMore, history.TotalMessages, history.Offset, history.NextOffset));
    }

    [Fact]
    public async Task A_message_is_told_with_what_is_known_of_it()
    {
        await WriteAsync(User("question"), Assistant("answer") with { Model = "openai/meta/llama", Usage = new TokenUsage(1, 2, 3) });

        var (question, answer) = (await ReadAsync()).Messages is [var first, var second] ? (first, second) : default;

        Assert.Equal(("user", "run:user", "run", 5L, null), (question?.Role, question?.Id, question?.RunId, question?.Timestamp, question?.StopReason));
        Assert.Equal(("assistant", "stop", "openai", "meta/llama"), (answer?.Role, answer?.StopReason, answer?.Provider, answer?.Model));
        Assert.Equal(new TokenUsage(1, 2, 3), answer?.Usage);
        Assert.Equal([new ContentBlock("text", "answer")], answer?.Content);
    }

    [Fact]
    public async Task An_answer_that_was_interrupted_says_so_after_what_there_was_of_it()
    {
        await WriteAsync(
            User("question"),
            Assistant("half ") with { StopReason = StopReasons.Interrupted, Error = "The gateway stopped." },
            Assistant("other half") with { StopReason = StopReasons.Aborted });

        var history = await ReadAsync();

        Assert.Equal(["question", "half [interrupted] The gateway stopped.", "other half"], Texts(history));
        Assert.Equal("The gateway stopped.", history.Messages[1].ErrorMessage);
    }

    [Theory]
    [InlineData(10, 10, "xxxxxxxxxx")]
    [InlineData(11, 10, "[message of 11 characters left out: longer than 10]")]
    [InlineData(131_073, 131_072, "[message of 131073 characters left out: longer than 131072]")]
    public async Task A_message_that_is_too_long_is_replaced_by_a_note(int length, int maxChars, string text)
    {
        await WriteAsync(User(new string('x', length)), User("short"));

        var history = await ReadAsync(maxChars: maxChars);

        Assert.Equal([text, "short"], Texts(history));
    }

    [Fact]
    public async Task Many_large_messages_come_only_as_far_as_the_answer_may_grow()
    {
        await WriteAsync([.. Enumerable.Range(0, 80).Select(n => User($"{n} {new string('x', 100_000)}"))]);

        var history = await ReadAsync(1000);

        Assert.InRange(history.Messages.Count, 50, 63);
        Assert.StartsWith("79 ", Texts(history).Last(), StringComparison.Ordinal);
        Assert.Equal((true, 80L), (history.HasMore, history.TotalMessages));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task Messages_whose_turns_still_wait_stand_at_the_end_and_the_running_answer_beside_it()
    {
        var turns = new List<Turn>();
        foreach (var text in new[] { "/slow 5000 one two", "second", "third" })
        {
            turns.Add((await Parts.Get<ChatIntake>().AcceptAsync(SessionKey.Main, $"run {turns.Count}", text, "cli")).Turn!);
            Parts.Get<Lanes>().Enqueue(turns[^1]);
        }

        await Clock.WhenTimerAsync(TimeSpan.FromSeconds(5));
        Clock.Advance(TimeSpan.FromSeconds(5));
        await Clock.WhenTimerAsync(TimeSpan.FromSeconds(5));
        var running = await ReadAsync();
        Parts.Get<Lanes>().Abort(SessionKey.Main, "run 0");
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);
        var ended = await ReadAsync();

        Assert.Equal(["/slow 5000 one two", "second", "third"], Texts(running));
        Assert.Equal((new InFlightRun("run 0", "one "), 1L), (running.InFlightRun, running.TotalMessages));
        Assert.Equal(["/slow 5000 one two", "one ", "second", "second", "third", "third"], Texts(ended));
        Assert.Null(ended.InFlightRun);
    }

    [Fact]
    public async Task A_damaged_transcript_is_an_error_of_this_session_alone()
    {
        await WriteAsync(User("one"), User("two"));
        var file = Directory.GetFiles(Folder.Path, "*.jsonl", SearchOption.AllDirectories)
            .Single(path => path.Contains("transcripts", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes[bytes.Length / 4] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Ct);
        await RestartAsync();

        var refusal = await Assert.ThrowsAsync<Chela.Contracts.Errors.RpcException>(() => ReadAsync());

        Assert.Equal(Chela.Contracts.Errors.RpcErrorKind.Unavailable, refusal.Error.Kind);
        Assert.StartsWith("The transcript of this session cannot be read: ", refusal.Message, StringComparison.Ordinal);
        Assert.Empty((await Parts.Get<ChatHistory>().ReadAsync(SessionKey.Of("main", "other"), new HistoryPage(), Ct)).Messages);
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task Messages_that_still_wait_are_shortened_and_counted_like_the_others()
    {
        var turns = new List<Turn>();
        foreach (var text in new[] { "/slow 5000 one", "second", "third" })
        {
            turns.Add((await Parts.Get<ChatIntake>().AcceptAsync(SessionKey.Main, $"run {turns.Count}", text, "cli")).Turn!);
            Parts.Get<Lanes>().Enqueue(turns[^1]);
        }

        await Clock.WhenTimerAsync(TimeSpan.FromSeconds(5));
        var shortened = await ReadAsync(maxChars: 5);
        var limited = await ReadAsync(limit: 2);
        Parts.Get<Lanes>().Abort(SessionKey.Main, null);
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.Equal("[message of 6 characters left out: longer than 5]", Texts(shortened).ElementAt(1));
        Assert.Equal(["second", "third"], Texts(limited));
    }

    private static TranscriptEntry User(string text) => new("run:user", TranscriptEntry.User, text, 5, "run");

    private static TranscriptEntry Assistant(string text) =>
        new("run", TranscriptEntry.Assistant, text, 6, "run") { StopReason = StopReasons.Stop };

    private static IEnumerable<string> Texts(ChatHistoryResult history) =>
        history.Messages.Select(message => Assert.Single(message.Content).Text!);

    private Task<ChatHistoryResult> ReadAsync(int limit = 200, int maxChars = HistoryPage.MaxMessageChars, int offset = 0) =>
        Parts.Get<ChatHistory>().ReadAsync(SessionKey.Main, new HistoryPage { Limit = limit, MaxChars = maxChars, Offset = offset }, Ct).AsTask();

    private async Task WriteAsync(params TranscriptEntry[] entries)
    {
        var session = await Parts.Get<SessionTable>().GetOrCreateAsync(SessionKey.Main, Ct);
        using var transcript = Parts.Get<Transcripts>().Open(session.SessionId);
        foreach (var entry in entries)
        {
            await transcript.AppendAsync(entry);
        }
    }
}
