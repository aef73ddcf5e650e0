using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions.Spawning;

/// <summary>The sender of messages that come from another session.</summary>
internal static class SessionSender
{
    private const string Prefix = "session:";

    /// <summary>How messages name it.</summary>
    public static string Of(string key) => Prefix + key;

    /// <summary>The session that sent a message; null where somebody else did.</summary>
    public static SessionKey? In(InboundMessage message) =>
        message.Origin is null && message.SenderId.StartsWith(Prefix, StringComparison.Ordinal) && SessionKey.TryParse(message.SenderId[Prefix.Length..], out var key, out _)
            ? key
            : null;

    /// <summary>True for a message by which a session hears of what it spawned.</summary>
    public static bool IsSpawned(InboundMessage message, SessionTable sessions) =>
        In(message) is { } sender && sessions.Find(sender)?.Spawn?.By == message.Session.Value;
}
