using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the loops in the background go round.</summary>
internal sealed class LoopsCheck(BackgroundLoops loops) : IHealthCheck
{
    /// <summary>No step should take so long.</summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(5);

    public string Part => "loops";

    public HealthFinding Look()
    {
        var all = loops.All.OrderBy(loop => loop.Name, StringComparer.Ordinal).ToArray();
        string[] resting = [.. all.Where(loop => loop.Rests).Select(loop => $"the {loop.Name} failed {loop.Deaths} times in a row and rests; the log says why")];
        string[] others =
        [
            .. all.Where(loop => loop is { IsFailing: true, Rests: false }).Select(loop => $"the {loop.Name} failed and is begun again; the log says why"),
            .. all.Where(loop => loop.AtStepFor > LongestStep).Select(loop => $"the {loop.Name} has been at the same step for {loop.AtStepFor!.Value.TotalMinutes:0} minutes"),
        ];
        return resting.Length > 0 ? HealthFinding.Down(HealthFinding.Joined([.. resting, .. others]))
            : others.Length > 0 ? HealthFinding.Degraded(HealthFinding.Joined(others))
            : HealthFinding.Fine;
    }
}
