using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Bus;

/// <summary>Runs one turn to its end. Does not throw; a host that stops is told by the token.</summary>
internal delegate Task TurnHandler(Turn turn, CancellationToken stopping);

/// <summary>Runs turns, no more at once than the gateway allows. Whatever happens in a run, its turn ends.</summary>
internal sealed partial class RunSlots(TurnHandler run, int maxConcurrent, ILogger<RunSlots> logger) : IDisposable
{
    private const string Unforeseen = "The run failed inside the gateway; its log says why.";

    private readonly SemaphoreSlim _free = new(maxConcurrent);

    /// <summary>Runs a turn as soon as there is a slot. Does not throw.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A turn that fails in a way that nobody foresaw must not hold up its lane.")]
    public async Task RunAsync(Turn turn, CancellationToken stopping)
    {
        var hasSlot = await TakeAsync(turn);
        try
        {
            await run(turn, stopping);
        }
        catch (Exception e)
        {
            Log.Failed(logger, turn.RunId, turn.Session.Value, e);
        }
        finally
        {
            if (hasSlot)
            {
                _free.Release();
            }

            foreach (var one in turn.Carried.Prepend(turn))
            {
                one.Complete(new TurnResult(TurnStatus.Failed, turn.Text, null, Unforeseen, turn.Message.TimestampMs)); // unless it has ended
            }
        }
    }

    public void Dispose() => _free.Dispose();

    /// <summary>False for a turn that is stopped before there is a slot: it asks no model, so it needs none.</summary>
    private async Task<bool> TakeAsync(Turn turn)
    {
        try
        {
            await _free.WaitAsync(turn.Aborted);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1301, LogLevel.Error, "Run {Run} of session {Session} ended in a way that nobody foresaw")]
        public static partial void Failed(ILogger logger, string run, string session, Exception e);
    }
}
