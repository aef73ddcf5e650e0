using System.Diagnostics.CodeAnalysis;
using Chela.Contracts.Sessions;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Bus;

/// <summary>Does something with one turn, to its end. Does not throw; a host that stops is told by the token.</summary>
internal delegate Task TurnHandler(Turn turn, CancellationToken stopping);

/// <summary>What becomes of turns.</summary>
/// <param name="Run">Runs one; writes down one whose end was told.</param>
/// <param name="TellStopped">Tells the end of one that was stopped while it waited, where the disk lets it.</param>
internal sealed record TurnHandlers(TurnHandler Run, TurnHandler TellStopped);

/// <summary>How many runs may go on at once.</summary>
/// <param name="Sessions">Those of people's sessions.</param>
/// <param name="Subagents">Those of sub-agents, which take no place from people.</param>
internal sealed record RunLimits(int Sessions, int Subagents);

/// <summary>Runs turns, no more at once than the gateway allows. Whatever happens in a run, its turn ends.</summary>
internal sealed partial class RunSlots(TurnHandlers handlers, RunLimits limits, IAuditTrail audit, ILogger<RunSlots> logger) : IDisposable
{
    private const string Unforeseen = "The run failed inside the gateway; its log says why.";

    private readonly RunPlaces _places = new(limits.Sessions);
    private readonly RunPlaces _placesForSubagents = new(limits.Subagents);

    /// <summary>Runs a turn as soon as there is a slot. Does not throw.</summary>
    public async Task RunAsync(Turn turn, CancellationToken stopping)
    {
        using var scope = logger.BeginScope(turn);
        await turn.Telling;
        turn.Slot = NewSlot(turn.Session);
        await turn.Slot.TakeAsync(turn.Aborted);
        var span = TurnTrace.Begin(turn);
        audit.Note(new AuditEntry(AuditActions.RunStarted) { Outcome = AuditEntry.Started });
        await GuardedAsync(handlers.Run, turn, stopping);
        var status = turn.Completion.IsCompleted ? (await turn.Completion).Status : TurnStatus.Failed;
        audit.Note(new AuditEntry(AuditActions.RunFinished) { Outcome = OutcomeOf(status) });
        TurnTrace.End(span, turn, status);
        turn.Slot.Release();
        foreach (var one in turn.Carried.Prepend(turn))
        {
            one.Complete(new TurnResult(TurnStatus.Failed, turn.Text, null, Unforeseen, turn.Message.TimestampMs)); // unless it has ended
        }
    }

    /// <summary>For a run, or for other work that needs a place among those of its session's kind; it has none yet.</summary>
    public RunSlot NewSlot(SessionKey session) => new(SessionKeyForm.Of(session).Kind == SessionKind.Subagent ? _placesForSubagents : _places);

    /// <summary>Other limits hold. What runs goes on, also where it is more than may be now.</summary>
    public void Limit(RunLimits limits)
    {
        _places.Resize(limits.Sessions);
        _placesForSubagents.Resize(limits.Subagents);
    }

    /// <summary>Tells that a waiting turn was stopped. Does not throw; where it cannot be told now, it is told when its turn comes.</summary>
    public async Task TellStoppedAsync(Turn turn)
    {
        using var scope = logger.BeginScope(turn);
        await GuardedAsync(handlers.TellStopped, turn, CancellationToken.None);
    }

    public void Dispose()
    {
        _places.Dispose();
        _placesForSubagents.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A turn that fails in a way that nobody foresaw must not hold up its lane.")]
    private async Task GuardedAsync(TurnHandler handle, Turn turn, CancellationToken stopping)
    {
        try
        {
            await handle(turn, stopping);
        }
        catch (Exception e)
        {
            Log.Failed(logger, turn.RunId, turn.Session.Value, e);
        }
    }

    private static string OutcomeOf(TurnStatus status) => status switch
    {
        TurnStatus.Done => AuditEntry.Done,
        TurnStatus.Aborted => AuditEntry.Cancelled,
        _ => AuditEntry.Failed,
    };

    private static partial class Log
    {
        [LoggerMessage(1301, LogLevel.Error, "Run {Run} of session {Session} ended in a way that nobody foresaw")]
        public static partial void Failed(ILogger logger, string run, string session, Exception e);
    }
}
