using System.Text.Json;

namespace Chela.Gateway.Wire.OpenClaw.V3;

/// <summary>The answer to an accepted <c>connect</c> as protocol 3 has it (02-handshake § 12).</summary>
internal sealed record HelloOkV3(string Type, int Protocol, HelloServerV3 Server, HelloFeaturesV3 Features, HelloSnapshotV3 Snapshot, HelloPolicy Policy)
{
    /// <summary>Only for devices: their own credential.</summary>
    public HelloAuthV3? Auth { get; init; }

    /// <summary>The same facts without what protocol 4 added.</summary>
    public static HelloOkV3 Of(HelloOk hello) => new(
        hello.Type,
        hello.Protocol,
        new HelloServerV3(hello.Server.Version, hello.Server.ConnId),
        new HelloFeaturesV3(hello.Features.Methods, hello.Features.Events),
        HelloSnapshotV3.Of(hello.Snapshot),
        hello.Policy with { Attachments = null })
    {
        Auth = hello.Auth.DeviceToken is { } token ? new HelloAuthV3(token, hello.Auth.Role, hello.Auth.Scopes, hello.Auth.IssuedAtMs) : null,
    };
}

/// <summary>Which gateway this is.</summary>
internal sealed record HelloServerV3(string Version, string ConnId);

/// <summary>What can be called and heard.</summary>
internal sealed record HelloFeaturesV3(IReadOnlyList<string> Methods, IReadOnlyList<string> Events);

/// <summary>The state at the moment of the connect.</summary>
internal sealed record HelloSnapshotV3(
    IReadOnlyList<PresenceEntry> Presence, JsonElement Health, HelloStateVersion StateVersion, long UptimeMs, SessionDefaultsV3 SessionDefaults)
{
    public string? ConfigPath { get; init; }

    public string? StateDir { get; init; }

    public static HelloSnapshotV3 Of(HelloSnapshot snapshot) => new(
        snapshot.Presence, snapshot.Health, snapshot.StateVersion, snapshot.UptimeMs, SessionDefaultsV3.Of(snapshot.SessionDefaults))
    {
        ConfigPath = snapshot.ConfigPath,
        StateDir = snapshot.StateDir,
    };
}

/// <summary>Which agent and session a client begins with.</summary>
internal sealed record SessionDefaultsV3(string DefaultAgentId, string MainKey, string MainSessionKey, string Scope)
{
    public static SessionDefaultsV3 Of(HelloSessionDefaults now) => new(now.DefaultAgentId, now.MainKey, now.MainSessionKey, now.Scope);
}

/// <summary>What a device was granted.</summary>
internal sealed record HelloAuthV3(string DeviceToken, string Role, IReadOnlyList<string> Scopes, long? IssuedAtMs);
