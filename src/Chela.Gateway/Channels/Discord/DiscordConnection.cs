using System.Text.Json;
using System.Threading.Channels;

namespace Chela.Gateway.Channels.Discord;

/// <summary>
/// One connection with the gateway of Discord, from its hello to its end. Events are taken in one after the other; while one takes its time the
/// connection is kept alive, until so many wait that nothing more is read: then Discord tells them again to the next connection.
/// </summary>
internal sealed class DiscordConnection(DiscordSocket socket, DiscordSession session, TimeProvider time, Func<double> chance)
{
    /// <summary>The most events that wait to be taken in.</summary>
    private const int MaxWaiting = 1_000;

    private const int ShortestBeatMs = 20;
    private const int LongestBeatMs = 60_000;

    private readonly Channel<DiscordFrame> _events = Channel.CreateBounded<DiscordFrame>(MaxWaiting);
    private readonly TaskCompletionSource<TimeSpan> _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAnswered = true;

    /// <summary>Told of each frame, at once.</summary>
    public required Action<DiscordFrame> Arrived { get; init; }

    /// <summary>Takes in an event.</summary>
    public required Func<DiscordFrame, CancellationToken, Task> TakeAsync { get; init; }

    /// <summary>Returns when the connection has ended.</summary>
    public async Task<DiscordEnd> RunAsync(CancellationToken ct)
    {
        using var over = new CancellationTokenSource();
        Task<DiscordEnd>[] loops = [ListenAsync(over.Token), BeatAsync(over.Token), TakeAllAsync(over.Token)];
        var first = await Task.WhenAny([.. loops, Task.Delay(Timeout.InfiniteTimeSpan, time, ct)]);
        await socket.CloseAsync();
        await over.CancelAsync();
        await ((Task)Task.WhenAll(loops)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the first says why
        ct.ThrowIfCancellationRequested();
        return await (Task<DiscordEnd>)first;
    }

    private async Task<DiscordEnd> ListenAsync(CancellationToken ct)
    {
        try
        {
            while (await socket.ReadAsync(ct) is { } frame)
            {
                Arrived(frame);
                if (await HandleAsync(frame, ct) is { } end)
                {
                    return end;
                }
            }

            return DiscordEnd.Of(socket.CloseCode);
        }
        catch (JsonException e)
        {
            return new DiscordEnd(DiscordNext.Resume, $"What came is no frame of Discord's gateway: {e.Message}");
        }
    }

    /// <summary>Does what a frame asks for; returns the end, where it is that.</summary>
    private async Task<DiscordEnd?> HandleAsync(DiscordFrame frame, CancellationToken ct)
    {
        switch (frame.Op)
        {
            case 0:
                await _events.Writer.WriteAsync(frame, ct);
                return null;
            case 1:
                await BeatOnceAsync(ct);
                return null;
            case 7:
                return new DiscordEnd(DiscordNext.Resume, "Discord asked to connect anew.");
            case 9:
                return new DiscordEnd(frame.D is { ValueKind: JsonValueKind.True } ? DiscordNext.Resume : DiscordNext.Begin, "Discord does not know the session any more.");
            case 10:
                await GreetAsync(frame, ct);
                return null;
            case 11:
                _isAnswered = true;
                return null;
            default:
                return null;
        }
    }

    /// <summary>Says who the bot is, or which session is to go on.</summary>
    private async Task GreetAsync(DiscordFrame frame, CancellationToken ct)
    {
        var hello = frame.D is { } given ? given.Deserialize(DiscordJson.Default.DiscordHello) : null;
        _hello.TrySetResult(TimeSpan.FromMilliseconds(Math.Clamp(hello?.HeartbeatInterval ?? LongestBeatMs, ShortestBeatMs, LongestBeatMs)));
        if (session.Resumed is { } resume)
        {
            await socket.SendAsync(new Outgoing<Resume>(6, resume), DiscordJson.Default.OutgoingResume, ct);
            return;
        }

        var identify = new Identify(session.Token, Identify.Wanted, new IdentifyProperties(Environment.OSVersion.Platform.ToString(), "chela", "chela"));
        await socket.SendAsync(new Outgoing<Identify>(2, identify), DiscordJson.Default.OutgoingIdentify, ct);
    }

    /// <summary>Beats, the first time after a part of the interval that is left to chance, and ends a connection on which nobody answers.</summary>
    private async Task<DiscordEnd> BeatAsync(CancellationToken ct)
    {
        var interval = await _hello.Task.WaitAsync(ct);
        await Task.Delay(interval * chance(), time, ct);
        while (_isAnswered)
        {
            _isAnswered = false;
            await BeatOnceAsync(ct);
            await Task.Delay(interval, time, ct);
        }

        return new DiscordEnd(DiscordNext.Resume, "Discord did not answer a heartbeat.");
    }

    private Task BeatOnceAsync(CancellationToken ct) => socket.SendAsync(new Beat(1) { D = session.Heard }, DiscordJson.Default.Beat, ct);

    private async Task<DiscordEnd> TakeAllAsync(CancellationToken ct)
    {
        await foreach (var frame in _events.Reader.ReadAllAsync(ct))
        {
            await TakeAsync(frame, ct);
            session.Hear(frame.S);
        }

        return DiscordEnd.Of(null); // not reached: the writer is not completed
    }
}
