using System.Collections.Concurrent;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Bus;

/// <summary>Lanes whose turns begin and end when the test says so.</summary>
internal sealed class LaneTrial : IDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _begun = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _mayEnd = new();
    private readonly ConcurrentQueue<string> _log = new();

    private readonly RunSlots _slots;

    public LaneTrial(int maxConcurrent = 100, TimeProvider? time = null, long maxBytes = LaneRoom.MostBytes, ILogger<Lanes>? logger = null)
    {
        _slots = new RunSlots(new TurnHandlers(RunAsync, TellStoppedAsync), new RunLimits(maxConcurrent, maxConcurrent), new AuditRecorder(), NullLogger<RunSlots>.Instance);
        Lanes = new Lanes(_slots, new LaneRoom(maxBytes), new GatewayMeter(), time ?? TimeProvider.System, logger ?? NullLogger<Lanes>.Instance);
    }

    public Lanes Lanes { get; }

    public LaneChanges Changes => new(Lanes);

    public LaneWork Work => new(Lanes, Changes, _slots);

    /// <summary>From now on so many runs go on at once.</summary>
    public void Limit(int sessions, int subagents) => _slots.Limit(new RunLimits(sessions, subagents));

    /// <summary>Which runs began and ended, in order: <c>+a -a</c>.</summary>
    public string Log => string.Join(' ', _log);

    public static Turn Turn(string runId, string session = "main", QueueSettings? queue = null) =>
        new(new InboundMessage(runId, SessionKey.Of("main", session), $"text of {runId}", "webchat", "cli", 1)) { Queue = queue ?? new QueueSettings() };

    public Reservation Reserve(string runId, string session = "main", QueueSettings? queue = null)
    {
        var turn = Turn(runId, session, queue);
        return Lanes.Reserve(turn.Message, turn.Queue);
    }

    /// <summary>Gives back a place that was taken so.</summary>
    public void Release(string runId, string session = "main") => Lanes.Release(Turn(runId, session).Message);

    /// <summary>Takes a place and puts a turn into it.</summary>
    public Turn Enqueue(string runId, string session = "main", QueueSettings? queue = null)
    {
        var turn = Turn(runId, session, queue);
        Assert.Equal(Reservation.Made, Lanes.Reserve(turn.Message, turn.Queue));
        Lanes.Enqueue(turn);
        return turn;
    }

    public Task BegunAsync(string runId) => Signal(_begun, runId).Task.WaitAsync(TestContext.Current.CancellationToken);

    public bool HasBegun(string runId) => Signal(_begun, runId).Task.IsCompleted;

    public void LetEnd(params string[] runIds) => Array.ForEach(runIds, runId => Signal(_mayEnd, runId).TrySetResult());

    public void Dispose()
    {
        Lanes.Dispose();
        _slots.Dispose();
    }

    private static Task TellStoppedAsync(Turn turn, CancellationToken stopping)
    {
        turn.Complete(new TurnResult(TurnStatus.Aborted, "", null, null, 1));
        return Task.CompletedTask;
    }

    private async Task RunAsync(Turn turn, CancellationToken stopping)
    {
        _log.Enqueue($"+{string.Join('&', turn.Carried.Append(turn).Select(one => one.RunId))}");
        Signal(_begun, turn.RunId).SetResult();
        var status = TurnStatus.Done;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(turn.Aborted, stopping);
        try
        {
            await Signal(_mayEnd, turn.RunId).Task.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            status = turn.Aborted.IsCancellationRequested ? TurnStatus.Aborted : TurnStatus.Interrupted;
        }

        _log.Enqueue($"-{turn.RunId}");
        foreach (var one in turn.Carried.Prepend(turn))
        {
            one.Complete(new TurnResult(status, "", null, null, 1));
        }
    }

    private static TaskCompletionSource Signal(ConcurrentDictionary<string, TaskCompletionSource> signals, string runId) =>
        signals.GetOrAdd(runId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
