using System.Globalization;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions.Retention;

/// <summary>Which sessions can go, and why. What runs or waits, main sessions and those that a person named or pinned stay.</summary>
/// <param name="Unused">Begun by a client that never said anything in them.</param>
/// <param name="Old">Nothing happened in them for long.</param>
/// <param name="Surplus">There are more than there may be that are not archived, and these are the oldest.</param>
internal sealed record CleanupPlan(IReadOnlyList<SessionEntry> Unused, IReadOnlyList<SessionEntry> Old, IReadOnlyList<SessionEntry> Surplus)
{
    /// <summary>How long a client may take to say something in the session that it was given.</summary>
    public static readonly TimeSpan UnusedAfter = TimeSpan.FromHours(24);

    private const string GivenToClients = "session:";

    public IEnumerable<SessionEntry> All => Unused.Concat(Old).Concat(Surplus);

    /// <param name="newestFirst">All sessions.</param>
    /// <param name="config">What is wanted.</param>
    /// <param name="now">The time.</param>
    /// <param name="isKept">Whether something else speaks for a session.</param>
    public static CleanupPlan Of(
        IReadOnlyList<SessionEntry> newestFirst, SessionConfig config, DateTimeOffset now, Func<SessionEntry, bool> isKept)
    {
        var unusedBefore = (now - UnusedAfter).ToUnixTimeMilliseconds();
        var oldBefore = (now - PruneAfter(config.Maintenance)).ToUnixTimeMilliseconds();
        var (unused, old, rest) = (new List<SessionEntry>(), new List<SessionEntry>(), new List<SessionEntry>());
        foreach (var session in newestFirst.Where(session => session.Label is null && !session.IsPinned && !IsMain(session) && !isKept(session)))
        {
            var list = IsUnused(session) && session.UpdatedAtMs < unusedBefore ? unused : session.UpdatedAtMs < oldBefore ? old : rest;
            list.Add(session);
        }

        var surplus = newestFirst.Count(IsListed) - unused.Count(IsListed) - old.Count(IsListed) - config.Maintenance.MaxEntries;
        return new CleanupPlan(unused, old, [.. rest.Where(IsListed).TakeLast(Math.Max(0, surplus))]);

        static bool IsListed(SessionEntry session) => !session.IsArchived;

        bool IsMain(SessionEntry session) => session.SessionKey.Rest == config.MainKey;
    }

    /// <summary>The time that a setting means.</summary>
    public static TimeSpan PruneAfter(SessionMaintenanceConfig config)
    {
        var number = int.Parse(config.PruneAfter.AsSpan()[..^1], CultureInfo.InvariantCulture);
        return TimeSpan.FromHours(number * config.PruneAfter[^1] switch { 'h' => 1, 'd' => 24, _ => 7 * 24 });
    }

    private static bool IsUnused(SessionEntry session) =>
        session is { MessageCount: 0, Title: null, ModelOverride: null, ThinkingLevel: null }
        && session.SessionKey.Rest.StartsWith(GivenToClients, StringComparison.Ordinal);
}
