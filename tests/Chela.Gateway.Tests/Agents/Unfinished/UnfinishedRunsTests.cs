using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Sessions;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Unfinished;

/// <summary>What a start makes of the messages that stand in the inbox, where runs are begun again.</summary>
[Trait("Requirement", "B4")]
public sealed class UnfinishedRunsTests : IDisposable
{
    private const string Continue = """{"agents":{"defaults":{"interrupted":"continue"}},"session":{"reset":{"mode":"daily"}}}""";

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_steered_into_a_run_stands_with_it_and_the_rest_follows_in_its_order()
    {
        await LeaveAsync(parts => parts.SayAsync("main", Question("a"), Question("b")), ("a", QueueMode.Followup), ("b", QueueMode.Steer), ("c", QueueMode.Steer));
        await using var parts = await StartAsync();

        var begun = await SettleAsync(parts);

        Assert.Equal(["a", "c"], begun.Select(turn => turn.RunId));
        Assert.Equal(["b"], begun[0].Carried.Select(turn => turn.RunId));
        Assert.Equal(3, parts.Get<Lanes>().Depth);
    }

    [Fact]
    [Trait("Requirement", "K7")]
    public async Task In_safe_mode_nothing_is_begun_again_and_all_is_told_as_interrupted()
    {
        await LeaveAsync(parts => parts.SayAsync("main", Question("a")), ("a", QueueMode.Followup), ("b", QueueMode.Followup));
        await using var parts = await StartAsync();

        var begun = await SettleAsync(parts, mayBeginAgain: false);

        Assert.Empty(begun);
        Assert.Equal((0, 0), (parts.Get<Lanes>().Depth, parts.Get<Inbox>().Depth));
        Assert.Equal(["user a", "assistant a", "user b", "assistant b"], await LinesAsync(parts));
    }

    [Fact]
    public async Task All_of_it_runs_and_every_place_is_free_again()
    {
        await LeaveAsync(parts => parts.SayAsync("main", Question("a"), Question("b")), ("a", QueueMode.Collect), ("b", QueueMode.Collect), ("c", QueueMode.Followup));
        await using var parts = await StartAsync();

        var begun = await SettleAsync(parts);
        var lanes = parts.Get<Lanes>();
        begun.ToList().ForEach(lanes.Enqueue);
        await Task.WhenAll(begun.Select(turn => turn.Completion)).WaitAsync(Ct);
        await lanes.StopAsync(Ct);

        Assert.Equal(0, lanes.Depth);
        Assert.Equal(["user a", "user b", "assistant b", "user c", "assistant c"], await LinesAsync(parts));
    }

    [Fact]
    public async Task A_run_that_was_cut_off_between_its_steps_is_not_taken_for_answered()
    {
        var step = new TranscriptEntry("a:step2", TranscriptEntry.Step, "", 2, "a") { Uses = [new StoredToolUse("1", "look", "{}", "seen")] };
        await LeaveAsync(parts => parts.SayAsync("main", Question("a"), step), ("a", QueueMode.Followup));
        await using var parts = await StartAsync();

        var turn = Assert.Single(await SettleAsync(parts));
        parts.Get<Lanes>().Enqueue(turn);
        await turn.Completion.WaitAsync(Ct);

        Assert.Equal(["user a", "step a", "assistant a"], await LinesAsync(parts));
    }

    [Fact]
    public async Task What_was_stopped_while_it_waited_is_told_as_stopped_and_not_begun_again()
    {
        await LeaveAsync(parts => parts.SayAsync("main", Question("a")), ("a", QueueMode.Followup), ("b", QueueMode.Followup));
        await using (var stopping = await StartAsync())
        {
            var inbox = stopping.Get<Inbox>();
            var waits = (await inbox.RecoverAsync(Ct)).Single(turn => turn.RunId == "b");
            Assert.True(await inbox.TryStopAsync(waits.Message, 3));
        }

        await using var parts = await StartAsync();
        var begun = await SettleAsync(parts);

        Assert.Equal(["a"], begun.Select(turn => turn.RunId));
        Assert.Equal(["user a", "user b", "assistant b"], await LinesAsync(parts));
        Assert.Equal(1, parts.Get<Lanes>().Depth);
    }

    [Fact]
    public async Task What_has_no_place_in_its_lane_is_told_as_interrupted()
    {
        await LeaveAsync(_ => Task.CompletedTask, [.. Enumerable.Range(0, Lanes.MaxInLane + 3).Select(number => ($"{number}", QueueMode.Followup))]);
        await using var parts = await StartAsync();

        var begun = await SettleAsync(parts);

        Assert.Equal(Lanes.MaxInLane + 1, begun.Count);
        Assert.Equal(["user 1001", "assistant 1001", "user 1002", "assistant 1002"], await LinesAsync(parts));
    }

    [Fact]
    public async Task No_more_are_begun_again_than_all_lanes_have_places()
    {
        const int Sessions = 12;
        await using (var before = await StartAsync())
        {
            var inbox = before.Get<Inbox>();
            await Task.WhenAll(Enumerable.Range(0, LaneRoom.MaxMessages + 5).Select(number => inbox.AcceptAsync(
                Message($"{number}", "hello") with { Session = SessionKey.Of("main", $"{number % Sessions}") }).AsTask()));
        }

        await using var parts = await StartAsync();
        var begun = await SettleAsync(parts);

        Assert.Equal(LaneRoom.MaxMessages, begun.Count);
        Assert.Equal(LaneRoom.MaxMessages, parts.Get<Lanes>().Depth);
        Assert.All(begun.GroupBy(turn => turn.Session), turns => Assert.Equal(turns.OrderBy(turn => int.Parse(turn.RunId, null)), turns));
    }

    [Fact]
    public async Task A_run_whose_question_is_written_goes_on_in_that_transcript_though_the_day_has_changed()
    {
        await LeaveAsync(parts => parts.SayAsync("main", Question("a")), ("a", QueueMode.Followup));
        _clock.Advance(TimeSpan.FromDays(2));
        await using var parts = await StartAsync();

        var turn = Assert.Single(await SettleAsync(parts));
        parts.Get<Lanes>().Enqueue(turn);
        await turn.Completion.WaitAsync(Ct);

        Assert.Equal(["user a", "assistant a"], await LinesAsync(parts));
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task A_stop_that_waits_no_longer_leaves_the_questions_unwritten_whose_runs_had_not_begun()
    {
        await LeaveAsync("/slow 5000 a word", _ => Task.CompletedTask, ("a", QueueMode.Followup), ("b", QueueMode.Followup), ("c", QueueMode.Followup));
        await using (var stopped = await StartAsync())
        {
            var lanes = stopped.Get<Lanes>();
            var begun = (await SettleAsync(stopped)).ToList();
            begun.ForEach(lanes.Enqueue);
            await Patience.UntilAsync(async _ => (await LinesAsync(stopped)).Count == 1, "the first was written");
            await lanes.StopAsync(new CancellationToken(canceled: true));

            Assert.All(begun, turn => Assert.Equal(Interruption.Promise, turn.Completion.Result.Error));
        }

        await using var parts = await StartAsync();
        Assert.Equal(["a", "b", "c"], (await SettleAsync(parts)).Select(turn => turn.RunId));
        Assert.Equal(["user a"], await LinesAsync(parts));
    }

    private static TranscriptEntry Question(string run) => TranscriptEntry.Question(Message(run, "hello"));

    private static InboundMessage Message(string run, string text) => new(run, SessionKey.Main, text, "webchat", "cli", 1);

    private Task<GatewayParts> StartAsync() => GatewayParts.StartAsync(_folder, _clock, Continue);

    /// <summary>A process accepts these messages, and ends.</summary>
    private Task LeaveAsync(Func<GatewayParts, Task> write, params (string Run, QueueMode Mode)[] messages) => LeaveAsync("hello", write, messages);

    private async Task LeaveAsync(string text, Func<GatewayParts, Task> write, params (string Run, QueueMode Mode)[] messages)
    {
        await using var parts = await StartAsync();
        await write(parts);
        var inbox = parts.Get<Inbox>();
        await Task.WhenAll(messages.Select(message => inbox.AcceptAsync(
            Message(message.Run, text), new TurnWishes(), new QueueSettings { Mode = message.Mode }).AsTask()));
    }

    /// <summary>What the host does at its start.</summary>
    private static async Task<IReadOnlyList<Turn>> SettleAsync(GatewayParts parts, bool mayBeginAgain = true) =>
        await parts.Get<UnfinishedRuns>().SettleAsync(await parts.Get<Inbox>().RecoverAsync(Ct), mayBeginAgain, Ct);

    private static async Task<IReadOnlyList<string>> LinesAsync(GatewayParts parts)
    {
        using var transcript = parts.Get<Transcripts>().Open(parts.Get<SessionTable>().Find(SessionKey.Main)!.SessionId);
        var lines = new List<string>();
        await foreach (var entry in transcript.ReadAsync(Ct))
        {
            lines.Add($"{entry.Role} {entry.RunId}");
        }

        return lines;
    }
}
