using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Unfinished;

/// <summary>
/// Decides, at the start, what becomes of the runs that the last process did not finish: each is begun again, or told as interrupted, as the
/// configuration says. A transcript that cannot be read or written is reported, and does not stop the start.
/// </summary>
internal sealed partial class UnfinishedRuns(
    ConfigStore config, SessionTable sessions, Transcripts transcripts, Interruption interruption, Lanes lanes, ILogger<UnfinishedRuns> logger)
{
    /// <summary>Tells what is over.</summary>
    /// <param name="unfinished">The turns in the order in which their messages were accepted.</param>
    /// <param name="mayBeginAgain">False to tell also those as interrupted that the configuration would have begun again.</param>
    /// <param name="ct">Ends the start.</param>
    /// <returns>The turns that are begun again, in that order: their places are taken, and nothing runs yet.</returns>
    public async Task<IReadOnlyList<Turn>> SettleAsync(IReadOnlyList<Turn> unfinished, bool mayBeginAgain, CancellationToken ct)
    {
        var begun = new List<Turn>();
        foreach (var turns in unfinished.GroupBy(turn => turn.Session))
        {
            try
            {
                begun.AddRange(await SettleAsync(turns.Key, [.. turns], mayBeginAgain, ct));
            }
            catch (TranscriptException e)
            {
                Log.NotSettled(logger, turns.Key.Value, e.Message);
            }
        }

        return begun;
    }

    private async Task<IReadOnlyList<Turn>> SettleAsync(SessionKey key, IReadOnlyList<Turn> turns, bool mayBeginAgain, CancellationToken ct)
    {
        var session = await sessions.GetOrCreateAsync(key, ct);
        foreach (var turn in turns)
        {
            turn.SpawnedBy = session.Spawn?.By;
        }

        using var transcript = transcripts.Open(session.SessionId);
        var written = await WrittenRuns.FindAsync(transcript, turns, ct);
        var again = turns.Where(turn => !turn.IsOver && written.AnswerOf(turn) is null && IsBegunAgain(turn, mayBeginAgain) && TryReserve(turn)).ToHashSet();
        foreach (var turn in again)
        {
            turn.IsWritten = written.QuestionOf(turn) is not null;
            Log.Resumed(logger, turn.RunId, key.Value);
        }

        await interruption.MarkAsync([.. turns.Where(turn => !again.Contains(turn))], transcript, written);
        return InRuns([.. turns.Where(again.Contains)]);
    }

    /// <summary>What sub-agents tell is read in any case: nobody can be told to send it again.</summary>
    private bool IsBegunAgain(Turn turn, bool mayBeginAgain) =>
        (mayBeginAgain && config.Current.Config.Agents.Defaults.Interrupted == AgentDefaultsConfig.Continue) || SessionSender.IsSpawned(turn.Message, sessions);

    /// <summary>The bounds of the lanes hold, but no message gives way to the ones that came before it: all were accepted.</summary>
    private bool TryReserve(Turn turn) =>
        lanes.Reserve(turn.Message, turn.Queue with { Drop = QueueDrop.Old }) == Reservation.Made;

    /// <summary>
    /// A lane runs one turn at a time, so the questions that stand in the transcript without an answer had one run: one turn, with those that it
    /// had collected before it and those that were steered into it later. The others follow, each by itself.
    /// </summary>
    private static IReadOnlyList<Turn> InRuns(IReadOnlyList<Turn> turns)
    {
        var together = turns.Where(turn => turn.IsWritten).ToList();
        if (together.Count == 0)
        {
            return turns;
        }

        var first = together.FindLast(turn => turn.Queue.Mode != QueueMode.Steer) ?? together[0];
        first.Carry([.. together.Where(turn => turn != first)]);
        return [first, .. turns.Where(turn => !turn.IsWritten)];
    }

    private static partial class Log
    {
        [LoggerMessage(1411, LogLevel.Error, "Runs of session {Session} were interrupted, but its transcript cannot be read or written: {Reason}")]
        public static partial void NotSettled(ILogger logger, string session, string reason);

        [LoggerMessage(1412, LogLevel.Information, "Run {Run} of session {Session} had not ended when the last process did, and is begun again")]
        public static partial void Resumed(ILogger logger, string run, string session);
    }
}
