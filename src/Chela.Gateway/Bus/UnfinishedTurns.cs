using Chela.Gateway.Schema;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Bus;

/// <summary>Names the runs that a stop finds, and those that it cuts off (K9).</summary>
internal static partial class UnfinishedTurns
{
    /// <summary>No more are named in one entry.</summary>
    public const int MostNamed = 50;

    /// <summary>Says what a stop waits for. Whoever ends the process before its end finds the names there.</summary>
    public static void TellAwaited(ILogger logger, IEnumerable<Turn> turns)
    {
        if (Unwritten(turns) is { Count: > 0 } left)
        {
            Log.Awaited(logger, left.Count, Named(left));
        }
    }

    /// <summary>Says what a stop waits for no longer.</summary>
    public static void TellCutOff(ILogger logger, IEnumerable<Turn> turns)
    {
        if (Unwritten(turns) is { Count: > 0 } left)
        {
            Log.CutOff(logger, left.Count, Named(left));
        }
        else
        {
            Log.ChangesLeft(logger);
        }
    }

    /// <summary>Those that the next start finds again.</summary>
    private static List<Turn> Unwritten(IEnumerable<Turn> turns) => [.. turns.Where(turn => turn.IsUnwritten)];

    private static string Named(List<Turn> turns)
    {
        var named = string.Join(", ", turns.Take(MostNamed).Select(turn => $"{JsonText.Show(turn.RunId)} of {JsonText.Show(turn.Session.Value)}"));
        return turns.Count > MostNamed ? $"{named} and {turns.Count - MostNamed} more" : named;
    }

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Warning, "Stopping with {Count} runs that have not ended; the next start finds them again: {Runs}")]
        public static partial void CutOff(ILogger logger, int count, string runs);

        [LoggerMessage(1302, LogLevel.Information, "The stop waits for {Count} runs: {Runs}")]
        public static partial void Awaited(ILogger logger, int count, string runs);

        [LoggerMessage(1303, LogLevel.Warning, "Stopping before all changes of sessions have ended; every run has")]
        public static partial void ChangesLeft(ILogger logger);
    }
}
