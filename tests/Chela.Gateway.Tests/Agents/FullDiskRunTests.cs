using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Hosting;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents;

[Trait("Requirement", "B1")]
public sealed class FullDiskRunTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private GatewayParts _parts = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _parts = await GatewayParts.StartAsync(_folder, _clock, """{"agents":{"defaults":{"maxConcurrent":1}}}""");

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_run_whose_transcript_cannot_be_written_lets_others_run_and_goes_on_when_it_can()
    {
        var stuck = await SessionAsync("stuck");
        var other = await SessionAsync("other");
        for (var n = 0; FolderOf(other) == FolderOf(stuck); n++)
        {
            other = await SessionAsync($"other-{n}");
        }

        using var opened = _parts.Get<Transcripts>().Open(stuck.SessionId); // from now on its folder is not looked at before a line is written
        Directory.CreateDirectory(Path.GetDirectoryName(FolderOf(stuck))!);
        await File.WriteAllTextAsync(FolderOf(stuck), "no folder", Ct);

        var waits = Enqueue(stuck);
        await _clock.WhenTimerAsync(TimeSpan.FromSeconds(1)).WaitAsync(Ct);
        var runs = await Enqueue(other).Completion.WaitAsync(Ct);
        var isEarly = waits.Completion.IsCompleted;
        File.Delete(FolderOf(stuck));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((TurnStatus.Done, false), (runs.Status, isEarly));
        Assert.Equal(TurnStatus.Done, (await waits.Completion.WaitAsync(Ct)).Status);
        Assert.Equal(2, opened.Count);
    }

    private ValueTask<SessionEntry> SessionAsync(string name) => _parts.Get<SessionTable>().GetOrCreateAsync(SessionKey.Of("main", name), Ct);

    private string FolderOf(SessionEntry session) =>
        Path.Combine(_parts.Get<StatePaths>().SessionsDirectory, "transcripts", session.SessionId[..2]);

    private Turn Enqueue(SessionEntry session)
    {
        var turn = new Turn(new InboundMessage(session.Key, session.SessionKey, "Hello", "webchat", "test", _clock.NowMs));
        Assert.Equal(Reservation.Made, _parts.Get<Lanes>().Reserve(turn.Message, turn.Queue));
        _parts.Get<Lanes>().Enqueue(turn);
        return turn;
    }
}
