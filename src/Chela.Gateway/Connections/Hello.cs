using System.Reflection;
using Chela.Contracts.Access;
using Chela.Contracts.Sessions;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Wire.OpenClaw;
using Chela.Gateway.Wire.OpenClaw.V3;

namespace Chela.Gateway.Connections;

/// <summary>Writes the hello of the OpenClaw dialect.</summary>
internal sealed class Hello(MethodRegistry methods, ConfigStore config, Presence presence, HealthState health, Uptime uptime)
{
    private readonly string _bootId = Guid.NewGuid().ToString();

    /// <summary>This program's version, for example <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(Hello).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public Answer For(Connection connection, int protocol, Admitted admitted)
    {
        var granted = admitted.Scopes;
        var snapshot = config.Current;
        var gateway = snapshot.Config.Gateway;
        var agents = snapshot.Config.Agents;
        var files = AttachmentLimits.Of(snapshot.Config);
        var mainKey = SessionKey.Of(agents.DefaultId, snapshot.Config.Session.MainKey);
        var isAdmin = granted.HasFlag(OperatorScopes.Admin);
        var isReader = ScopeNames.WithIncluded(granted).HasFlag(OperatorScopes.Read);
        var told = admitted.IsToldToken ? admitted.Token : null;
        var state = new HelloSnapshot(
            isReader ? presence.Rows : [],
            isReader ? health.Snapshot : HealthState.Unknown,
            new HelloStateVersion(presence.Version, health.Version),
            uptime.Milliseconds,
            new HelloSessionDefaults(agents.DefaultId, true, agents.Ownership, false, snapshot.Config.Session.MainKey, mainKey.Value, "per-sender"))
        {
            ConfigPath = isAdmin ? snapshot.FilePath : null,
            StateDir = isAdmin ? Path.GetDirectoryName(snapshot.FilePath) : null,
            AuthMode = isAdmin ? Known(gateway.Auth.ModeInForce()) : null,
        };
        var hello = new HelloOk(
            "hello-ok",
            protocol,
            new HelloServer(Version, _bootId, connection.Id),
            new HelloFeatures(methods.Advertised, EventNames.Advertised, ["published-model-catalog"]),
            state,
            new HelloAuth(Known(admitted.Method), admitted.Role == CallerRole.Node ? "node" : "operator", ScopeNames.Of(granted))
            {
                DeviceToken = told?.Value,
                IssuedAtMs = told is null ? null : IssuedAtMs(told),
                DeviceTokens = admitted.OtherTokens.Count > 0
                    ? [.. admitted.OtherTokens.Select(other => new HelloDeviceToken(other.Value, other.Role, other.Scopes, IssuedAtMs(other)))]
                    : null,
            },
            new HelloPolicy(connection.Limits.MaxPayload, connection.Limits.MaxBufferedBytes, gateway.TickIntervalMs)
            {
                Attachments = new HelloAttachments(files.MaxBytes, files.MaxImageBytes),
            });
        return protocol == Admission.OldestProtocol
            ? new Answer<HelloOkV3>(HelloOkV3.Of(hello), OpenClawJson.Default.HelloOkV3)
            : new Answer<HelloOk>(hello, OpenClawJson.Default.HelloOk);
    }

    /// <summary>The protocol's lists of modes and methods are closed and have no identity provider; what is shown there is a token.</summary>
    private static string Known(string mode) => mode == AuthMode.Oidc ? AuthMode.Token : mode;

    private static long IssuedAtMs(DeviceToken token) => token.RotatedAtMs ?? token.CreatedAtMs;
}
