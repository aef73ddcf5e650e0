using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Spawning;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Spawning;

/// <summary>A process ends at some moment between the end of a sub-agent's run and the answer to its announcement, and the next ones go on.</summary>
[Trait("Requirement", "G1")]
[Trait("Requirement", "B4")]
public sealed class AnnouncementTests : IDisposable
{
    private static readonly SessionKey Child = SessionKey.Of("main", "subagent:7");

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_result_that_was_not_told_is_told_at_the_next_start_once_what_was_before_is_settled()
    {
        await LeaveAsync(Answer("There is a lake."));
        await using var parts = await StartAsync();
        await SettleAsync(parts);

        var told = Assert.Single(parts.Get<Lanes>().Of(SessionKey.Main));
        Run(parts);
        await told.Completion.WaitAsync(Ct);

        Assert.Equal(("subagent:7", "session:agent:main:subagent:7"), (told.RunId, told.Message.SenderId));
        Assert.EndsWith("is done. Nobody else reads its result; say what of it matters, or answer NO_REPLY where that is nothing.]\nThere is a lake.", told.Message.Content, StringComparison.Ordinal);
        Assert.Equal(["user subagent:7", "assistant subagent:7"], await LinesAsync(parts, SessionKey.Main));
    }

    [Fact]
    public async Task A_sub_agent_that_was_cut_off_is_told_as_failed()
    {
        await LeaveAsync();
        await using var parts = await StartAsync();
        await SettleAsync(parts);

        var told = Assert.Single(parts.Get<Lanes>().Of(SessionKey.Main));
        Assert.Contains("(agent:main:subagent:7) failed.", told.Message.Content, StringComparison.Ordinal);
        Assert.EndsWith(Interruption.Sentence, told.Message.Content, StringComparison.Ordinal);
        Run(parts);
        await told.Completion.WaitAsync(Ct);
    }

    [Fact]
    public async Task What_was_told_and_not_read_is_read_at_the_next_start_also_where_other_runs_are_not_begun_again()
    {
        await LeaveAsync(Answer("There is a lake."));
        await using (var first = await StartAsync())
        {
            await SettleAsync(first);
        }

        await using (var second = await StartAsync())
        {
            var begun = Assert.Single(await SettleAsync(second));
            second.Get<Lanes>().Enqueue(begun);
            Run(second);
            await begun.Completion.WaitAsync(Ct);

            Assert.Equal("subagent:7", begun.RunId);
            Assert.Equal(["user subagent:7", "assistant subagent:7"], await LinesAsync(second, SessionKey.Main));
            await second.Get<Lanes>().StopAsync(Ct);
            await second.Get<Inbox>().FlushAsync();
        }

        await using var third = await StartAsync();
        Assert.Empty(await SettleAsync(third));
        Assert.Empty(third.Get<Lanes>().Of(SessionKey.Main));
    }

    [Fact]
    public async Task A_session_that_began_anew_hears_nothing_of_what_was_spawned_before()
    {
        await LeaveAsync(Answer("There is a lake."));
        await using var parts = await StartAsync();
        await parts.Get<SessionTable>().ResetAsync(SessionKey.Main);
        await SettleAsync(parts);

        Assert.Empty(parts.Get<Lanes>().Of(SessionKey.Main));
        Assert.Equal(0, parts.Get<Inbox>().Depth);
    }

    [Fact]
    public async Task A_long_result_is_told_within_its_bound()
    {
        await LeaveAsync(Answer(new string('x', 3 * Announcements.LongestResult)));
        await using var parts = await StartAsync();
        await SettleAsync(parts);

        Assert.InRange(Assert.Single(parts.Get<Lanes>().Of(SessionKey.Main)).Message.Content.Length, Announcements.LongestResult, Announcements.LongestResult + 500);
        Run(parts);
        await parts.Get<Lanes>().StopAsync(Ct);
    }

    private static TranscriptEntry Answer(string text) => new("7", TranscriptEntry.Assistant, text, 3, "7") { StopReason = StopReasons.Stop };

    private Task<GatewayParts> StartAsync() => GatewayParts.StartAsync(_folder, _clock, phase: LifecyclePhase.Starting);

    /// <summary>A process spawns a sub-agent, and ends when these lines of it are written.</summary>
    private async Task LeaveAsync(params TranscriptEntry[] written)
    {
        await using var parts = await StartAsync();
        var sessions = parts.Get<SessionTable>();
        var parent = await sessions.GetOrCreateAsync(SessionKey.Main, Ct);
        var child = new SessionEntry(Child.Value, "child", 1) { Spawn = new Spawn(parent.Key, parent.SessionId, "asked", 1) { Label = "scout" } };
        var task = new InboundMessage("7", Child, "Look.", "webchat", SessionSender.Of(parent.Key), 1);
        await sessions.TryAddAsync(Child, child);
        await parts.Get<Inbox>().AcceptAsync(task, SpawnWishes.OfTask, new QueueSettings());
        using var transcript = parts.Get<Transcripts>().Open(child.SessionId);
        foreach (var entry in written.Prepend(TranscriptEntry.Question(task)))
        {
            await transcript.AppendAsync(entry);
        }
    }

    /// <summary>What the host does at its start.</summary>
    private static async Task<IReadOnlyList<Turn>> SettleAsync(GatewayParts parts) =>
        await parts.Get<UnfinishedRuns>().SettleAsync(await parts.Get<Inbox>().RecoverAsync(Ct), mayBeginAgain: true, Ct);

    /// <summary>And then.</summary>
    private static void Run(GatewayParts parts)
    {
        parts.Get<Lifecycle>().MoveTo(LifecyclePhase.Running);
        parts.Get<Announcements>().Begin();
    }

    private static async Task<IReadOnlyList<string>> LinesAsync(GatewayParts parts, SessionKey session)
    {
        using var transcript = parts.Get<Transcripts>().Open(parts.Get<SessionTable>().Find(session)!.SessionId);
        return [.. (await transcript.ReadTailAsync(100, long.MaxValue, Ct)).Select(entry => $"{entry.Role} {entry.RunId}")];
    }
}
