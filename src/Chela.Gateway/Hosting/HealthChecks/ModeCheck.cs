using Chela.Gateway.Bus;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the gateway does all that it should.</summary>
internal sealed class ModeCheck(Lifecycle lifecycle) : IHealthCheck
{
    public string Part => "mode";

    public HealthFinding Look() => lifecycle.SafeMode is { } why ? HealthFinding.Degraded(why) : HealthFinding.Fine;
}
