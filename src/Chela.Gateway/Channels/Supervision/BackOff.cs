namespace Chela.Gateway.Channels.Supervision;

/// <summary>How long to wait before an account is connected again (08-channels § 4): twice as long each time, with a tenth of chance.</summary>
internal static class BackOff
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>A connection that lasted so long was good: the next wait is the shortest again.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromMinutes(5);

    private const double Jitter = 0.1;

    /// <param name="failures">How many connections ended before they were stable; at least 1.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan After(int failures, double chance)
    {
        var wait = Math.Min(Longest.TotalSeconds, Shortest.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromSeconds(wait * (1 + (Jitter * ((2 * chance) - 1))));
    }
}
