using Chela.Gateway.Hosting.Tls;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the certificate ends soon.</summary>
internal sealed class CertificateCheck(TlsDoor door, TimeProvider time) : IHealthCheck
{
    public string Part => "certificate";

    public HealthFinding Look() =>
        door.Warning is not { } warning ? HealthFinding.Fine
        : door.Identity.EndsAt > time.GetUtcNow() ? HealthFinding.Degraded(warning)
        : HealthFinding.Down(warning);
}
