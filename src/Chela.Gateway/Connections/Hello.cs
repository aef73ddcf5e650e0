using System.Reflection;
using Chela.Contracts.Access;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Writes the hello of the OpenClaw dialect.</summary>
internal sealed class Hello(MethodRegistry methods, ConfigStore config, Presence presence, Uptime uptime)
{
    private static readonly string[] Events = ["connect.challenge", "tick", "shutdown", "presence", "agent", "chat", "device.pair.requested", "device.pair.resolved"];

    private readonly string _bootId = Guid.NewGuid().ToString();

    /// <summary>This program's version, for example <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(Hello).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public Answer For(Connection connection, int protocol, Admitted admitted)
    {
        var granted = admitted.Scopes;
        var snapshot = config.Current;
        var gateway = snapshot.Config.Gateway;
        var mainKey = SessionKey.Of(SessionKey.DefaultAgent, snapshot.Config.Session.MainKey);
        var isAdmin = granted.HasFlag(OperatorScopes.Admin);
        var state = new HelloSnapshot(
            presence.Rows,
            new HelloHealth(),
            new HelloStateVersion(presence.Version, 0),
            uptime.Milliseconds,
            new HelloSessionDefaults(SessionKey.DefaultAgent, true, "sole", false, snapshot.Config.Session.MainKey, mainKey.Value, "per-sender"))
        {
            ConfigPath = isAdmin ? snapshot.FilePath : null,
            StateDir = isAdmin ? Path.GetDirectoryName(snapshot.FilePath) : null,
            AuthMode = isAdmin ? gateway.Auth.Mode : null,
        };
        var hello = new HelloOk(
            "hello-ok",
            protocol,
            new HelloServer(Version, _bootId, connection.Id),
            new HelloFeatures(methods.Names, Events, []),
            state,
            new HelloAuth(admitted.Role == CallerRole.Node ? "node" : "operator", ScopeNames.Of(granted))
            {
                DeviceToken = admitted.Token?.Value,
                IssuedAtMs = admitted.Token?.RotatedAtMs ?? admitted.Token?.CreatedAtMs,
            },
            new HelloPolicy(connection.Limits.MaxPayload, connection.Limits.MaxBufferedBytes, gateway.TickIntervalMs));
        return new Answer<HelloOk>(hello, OpenClawJson.Default.HelloOk);
    }
}
