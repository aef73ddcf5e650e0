namespace Chela.Gateway.Hosting.Security;

/// <summary>One thing that the audit looks for. Where OpenClaw looks for the same, the id is its own.</summary>
/// <param name="Id">Never changes: people filter by it.</param>
/// <param name="Severity">How bad it is where nothing makes it worse.</param>
/// <param name="Title">What it is.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record RiskCheck(string Id, string Severity, string Title, string Remedy)
{
    public const string Critical = "critical", Warn = "warn", Info = "info";

    /// <summary>Everything that is looked for, in the order of the page for operators.</summary>
    public static IReadOnlyList<RiskCheck> All =>
    [
        .. FileRisks.Checks, .. ConfigRisks.Checks, .. NetworkRisks.Checks, .. AccessRisks.Checks, .. ToolRisks.Checks, .. ChannelRisks.Checks,
        .. OutsideRisks.Checks, .. ProbeRisks.Checks,
    ];

    /// <summary>The gravest is the least.</summary>
    public static int Rank(string severity) => severity switch { Critical => 0, Warn => 1, _ => 2 };

    /// <summary>It is so.</summary>
    /// <param name="detail">Where and how much.</param>
    /// <param name="severity">How bad it is here, if otherwise than usual.</param>
    public SecurityFinding Found(string detail, string? severity = null) => new(Id, severity ?? Severity, Title, detail, Remedy);
}

/// <summary>What only a gateway that runs can tell.</summary>
internal static class ProbeRisks
{
    public static readonly RiskCheck Failed = new(
        "gateway.probe_failed", RiskCheck.Warn, "no gateway answers", "Start one with chela gateway run, or see chela doctor; only with --deep.");

    public static IReadOnlyList<RiskCheck> Checks => [Failed];
}
