using System.Text.Json;

namespace Chela.Gateway.Wire.OpenClaw;

/// <summary>The answer to an accepted <c>connect</c> (02-handshake § 12).</summary>
internal sealed record HelloOk(
    string Type, int Protocol, HelloServer Server, HelloFeatures Features, HelloSnapshot Snapshot, HelloAuth Auth, HelloPolicy Policy);

/// <summary>Which gateway this is.</summary>
internal sealed record HelloServer(string Version, string BootId, string ConnId);

/// <summary>What can be called and heard.</summary>
internal sealed record HelloFeatures(IReadOnlyList<string> Methods, IReadOnlyList<string> Events, IReadOnlyList<string> Capabilities);

/// <summary>The state at the moment of the connect.</summary>
internal sealed record HelloSnapshot(
    IReadOnlyList<PresenceEntry> Presence,
    JsonElement Health,
    HelloStateVersion StateVersion,
    long UptimeMs,
    HelloSessionDefaults SessionDefaults)
{
    public string? ConfigPath { get; init; }

    public string? StateDir { get; init; }

    public string? AuthMode { get; init; }
}

/// <summary>Counters of the state that a client may hold a copy of.</summary>
internal sealed record HelloStateVersion(long Presence, long Health);

/// <summary>Which agent and session a client begins with.</summary>
internal sealed record HelloSessionDefaults(
    string DefaultAgentId, bool ModelConfigured, string Ownership, bool SelectionRequired, string MainKey, string MainSessionKey, string Scope);

/// <summary>What the client was granted.</summary>
/// <param name="Method">How it showed its right to be here.</param>
internal sealed record HelloAuth(string Method, string Role, IReadOnlyList<string> Scopes)
{
    /// <summary>The device's own credential, with which it may come again without the gateway's secret.</summary>
    public string? DeviceToken { get; init; }

    public long? IssuedAtMs { get; init; }

    /// <summary>Further tokens of the device, for its other roles; only right after a setup code.</summary>
    public IReadOnlyList<HelloDeviceToken>? DeviceTokens { get; init; }
}

/// <summary>A device's token for another role than the one it connected in.</summary>
internal sealed record HelloDeviceToken(string DeviceToken, string Role, IReadOnlyList<string> Scopes, long IssuedAtMs)
{
    /// <summary>Never shows the token: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(HelloDeviceToken)} {{ {nameof(Role)} = {Role} }}";
}

/// <summary>The limits that the client must keep. Bytes and milliseconds.</summary>
internal sealed record HelloPolicy(int MaxPayload, int MaxBufferedBytes, int TickIntervalMs)
{
    /// <summary>How long files may be; protocol 3 does not know it.</summary>
    public HelloAttachments? Attachments { get; init; }
}

/// <summary>The longest file that may come with a message, and the longest picture. Bytes.</summary>
internal sealed record HelloAttachments(long MaxBytes, long MaxImageBytes);
