namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>How much of the memory that it may have the process takes; beyond that the system ends it.</summary>
internal sealed class MemoryCheck : IHealthCheck
{
    private const int MostPercent = 90;

    public string Part => "memory";

    public HealthFinding Look() => Of(Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    internal static HealthFinding Of(long used, long available) => available > 0 && used > available / 100 * MostPercent
        ? HealthFinding.Degraded($"the gateway takes {Mebibytes(used)} of the {Mebibytes(available)} MiB that it may have")
        : HealthFinding.Fine;

    private static long Mebibytes(long bytes) => bytes / (1024 * 1024);
}
