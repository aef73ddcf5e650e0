using Chela.Gateway.Bus;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>How much waits in the lanes.</summary>
internal sealed class MessagesCheck(Lanes lanes) : IHealthCheck
{
    /// <summary>From here on it will not be long until messages are refused.</summary>
    public const int Many = LaneRoom.MaxMessages * 8 / 10;

    public string Part => "messages";

    public HealthFinding Look() => Of(lanes.Depth);

    internal static HealthFinding Of(int depth) => depth >= Many
        ? HealthFinding.Degraded($"{depth} messages run or wait; beyond {LaneRoom.MaxMessages} further ones are refused")
        : HealthFinding.Fine;
}
