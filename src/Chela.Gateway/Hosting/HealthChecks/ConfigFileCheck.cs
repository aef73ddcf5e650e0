using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Hosting.Restarting;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether a gateway would start with the configuration file as it is.</summary>
internal sealed class ConfigFileCheck(ConfigReload reload, RestartHistory history) : IHealthCheck
{
    public string Part => "config";

    public HealthFinding Look() =>
        reload.State.Problems is { Count: > 0 } problems ? HealthFinding.Degraded($"the file is refused, and what was in force stays: {HealthFinding.Joined([.. problems.Select(problem => problem.ToString())])}")
        : history.Warning is { } warning ? HealthFinding.Degraded(warning)
        : HealthFinding.Fine;
}
