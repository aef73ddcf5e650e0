namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>How well a part of the gateway is.</summary>
internal enum HealthLevel
{
    /// <summary>It does what it should.</summary>
    Ok,

    /// <summary>It does it worse, or in part.</summary>
    Degraded,

    /// <summary>It does not do it.</summary>
    Down,
}

/// <summary>What was found of a part.</summary>
/// <param name="Level">How well it is.</param>
/// <param name="Reason">Why it is not well, one sentence for whoever runs the gateway; null where it is.</param>
internal readonly record struct HealthFinding(HealthLevel Level, string? Reason)
{
    public static readonly HealthFinding Fine = new(HealthLevel.Ok, null);

    public static HealthFinding Degraded(string reason) => new(HealthLevel.Degraded, reason);

    public static HealthFinding Down(string reason) => new(HealthLevel.Down, reason);

    /// <summary>Of several things that do the same: down where none of them works any more, degraded where some do.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="reasons">Why those do not work that do not, one for each.</param>
    public static HealthFinding OfMany(int count, IReadOnlyList<string> reasons) =>
        reasons.Count == 0 ? Fine
        : reasons.Count < count ? Degraded(Joined(reasons))
        : Down(Joined(reasons));

    /// <summary>Several reasons in one sentence that is not too long.</summary>
    public static string Joined(IReadOnlyList<string> reasons)
    {
        const int Named = 3;
        return $"{string.Join("; ", reasons.Take(Named))}{(reasons.Count > Named ? $"; and {reasons.Count - Named} more" : "")}";
    }
}

/// <summary>
/// Looks at one part of the gateway. Each one that is registered (<see cref="HealthServices"/>) stands in <c>health</c> with what it finds. A channel needs
/// none of its own: <see cref="ChannelsCheck"/> looks at all accounts, and asks those of channels that are <see cref="Contracts.Channels.IProbedChannel"/>.
/// </summary>
internal interface IHealthCheck
{
    /// <summary>What the part is called.</summary>
    string Part { get; }

    /// <summary>True where the gateway can serve nobody while this part is down.</summary>
    bool IsVital => false;

    /// <summary>A quick look: every half minute, and whenever somebody probes. It must wait for nobody.</summary>
    HealthFinding Look();

    /// <summary>
    /// The deep look, every five minutes and when somebody probes: asks others, and remembers what they say for the next quick one. The
    /// token is cancelled after <see cref="HealthWatch.AskLimit"/>; who has not answered by then counts as silent.
    /// </summary>
    Task AskAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Adds to a picture of the gateway what there is to say of the part besides, where clients have a place for it.</summary>
    Health Describe(Health health) => health;
}
