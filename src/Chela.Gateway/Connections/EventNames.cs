namespace Chela.Gateway.Connections;

/// <summary>The events that OpenClaw clients are told of when they connect.</summary>
internal static class EventNames
{
    /// <summary>One line for each class of event; a test compares.</summary>
    public static IReadOnlyList<string> Advertised { get; } =
    [
        "connect.challenge",
        "tick",
        "shutdown",
        "presence",
        "health",
        "agent",
        "chat",
        "session.message",
        "session.tool",
        "session.operation",
        "sessions.changed",
        "device.pair.requested",
        "device.pair.resolved",
        "device.pair.changed",
        "device.pair.setup.completed",
        "node.pair.requested",
        "node.pair.resolved",
        "node.presence",
        "exec.approval.requested",
        "exec.approval.resolved",
    ];

    /// <summary>Events that are sent although clients are not told of them beforehand.</summary>
    public static IReadOnlyList<string> NotAdvertised { get; } = ["config.changed"];
}
