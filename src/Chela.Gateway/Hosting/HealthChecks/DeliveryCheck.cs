using Chela.Gateway.Bus;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether answers reach the channels.</summary>
internal sealed class DeliveryCheck(Outbox outbox, TimeProvider time) : IHealthCheck
{
    /// <summary>An answer that waits for longer is late.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    /// <summary>For so long an answer that was given up counts; afterwards the doctor still names it.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    public string Part => "delivery";

    public HealthFinding Look()
    {
        var now = time.GetUtcNow();
        var all = outbox.All;
        var lost = all.Count(item => item.FailedAtMs >= (now - Recent).ToUnixTimeMilliseconds());
        var late = all.Count(item => !item.IsDead && item.Message.TimestampMs < (now - Late).ToUnixTimeMilliseconds());
        string[] reasons =
        [
            .. lost > 0 ? [$"{lost} answers could not be delivered within the last day (outbox.list names them)"] : Array.Empty<string>(),
            .. late > 0 ? [$"{late} answers wait for longer than {Late.TotalMinutes} minutes"] : Array.Empty<string>(),
        ];
        return reasons.Length > 0 ? HealthFinding.Degraded(HealthFinding.Joined(reasons)) : HealthFinding.Fine;
    }
}
