namespace Chela.Gateway.Hosting.Security;

/// <summary>What a look at settings and files found that invites trouble. The shape is OpenClaw's.</summary>
/// <param name="Ts">When, in milliseconds since 1970.</param>
/// <param name="Summary">How much of each severity.</param>
/// <param name="Findings">The gravest first.</param>
public sealed record SecurityReport(long Ts, SecuritySummary Summary, IReadOnlyList<SecurityFinding> Findings)
{
    /// <summary>What a running gateway answered; null where none was asked.</summary>
    public SecurityProbes? Deep { get; init; }

    /// <summary>The report of what was found.</summary>
    internal static SecurityReport Of(DateTimeOffset now, IEnumerable<SecurityFinding> findings)
    {
        SecurityFinding[] all = [.. findings.OrderBy(finding => RiskCheck.Rank(finding.Severity)).ThenBy(finding => finding.CheckId, StringComparer.Ordinal)];
        return new SecurityReport(now.ToUnixTimeMilliseconds(), SecuritySummary.Of(all), all);
    }

    /// <summary>The same with the answer of a gateway, which is a finding where it is none.</summary>
    public SecurityReport With(GatewayProbe probe)
    {
        var found = probe.Ok ? Findings : Findings.Append(ProbeRisks.Failed.Found($"{probe.Url}: {probe.Error}"));
        return Of(DateTimeOffset.FromUnixTimeMilliseconds(Ts), found) with { Deep = new SecurityProbes(probe) };
    }
}

/// <summary>How much of each severity was found.</summary>
public sealed record SecuritySummary(int Critical, int Warn, int Info)
{
    internal static SecuritySummary Of(IReadOnlyList<SecurityFinding> findings) =>
        new(Count(findings, RiskCheck.Critical), Count(findings, RiskCheck.Warn), Count(findings, RiskCheck.Info));

    private static int Count(IReadOnlyList<SecurityFinding> findings, string severity) => findings.Count(finding => finding.Severity == severity);
}

/// <summary>One thing that invites trouble.</summary>
/// <param name="CheckId">What was looked for.</param>
/// <param name="Severity">critical, warn or info.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Detail">Where and how much, never a secret.</param>
/// <param name="Remediation">What to do.</param>
public sealed record SecurityFinding(string CheckId, string Severity, string Title, string Detail, string? Remediation);

/// <summary>What was asked of programs that run.</summary>
public sealed record SecurityProbes(GatewayProbe Gateway);

/// <summary>Whether a gateway answers.</summary>
/// <param name="Attempted">Whether it was asked.</param>
/// <param name="Url">Where.</param>
/// <param name="Ok">Whether it answered.</param>
/// <param name="Error">Why not.</param>
public sealed record GatewayProbe(bool Attempted, string? Url, bool Ok, string? Error);
