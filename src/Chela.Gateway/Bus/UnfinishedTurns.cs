using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Bus;

/// <summary>Names the runs that a stop cuts off (K9).</summary>
internal static partial class UnfinishedTurns
{
    /// <summary>No more are named in one entry.</summary>
    public const int MostNamed = 50;

    /// <summary>Writes them into the log.</summary>
    public static void Tell(ILogger logger, IReadOnlyList<Turn> turns) => Log.Unfinished(logger, turns.Count, Named(turns));

    private static string Named(IReadOnlyList<Turn> turns)
    {
        var named = string.Join(", ", turns.Take(MostNamed).Select(turn => $"{turn.RunId} of {turn.Session.Value}"));
        return turns.Count > MostNamed ? $"{named} and {turns.Count - MostNamed} more" : named;
    }

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Warning, "Stopping with {Count} runs that have not ended; the next start finds them again: {Runs}")]
        public static partial void Unfinished(ILogger logger, int count, string runs);
    }
}
