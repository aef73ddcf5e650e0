using System.Collections.Immutable;
using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Who is there: the gateway itself, and the clients that people look at (04-events § 9).</summary>
internal sealed class Presence(EventBus events, TimeProvider time)
{
    /// <summary>The most rows; further clients are served, but not shown.</summary>
    public const int MaxRows = 200;

    private readonly Lock _gate = new();
    private ImmutableDictionary<string, PresenceEntry> _rows = ImmutableDictionary<string, PresenceEntry>.Empty;
    private long _version;

    /// <summary>Counts the changes, so that a client sees whether its copy is old.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The rows, the gateway's own first.</summary>
    public IReadOnlyList<PresenceEntry> Rows =>
        [Self(), .. Volatile.Read(ref _rows).Values.OrderBy(row => row.OnlineSince)];

    /// <summary>A client has logged in. Programs that only pass by (mode cli, backend, probe) make no row.</summary>
    public void Join(Connection connection, ConnectParams connect, Admitted admitted)
    {
        if (connect.Client.Mode is "cli" or "backend" or "probe")
        {
            return;
        }

        var nowMs = NowMs();
        var row = new PresenceEntry(nowMs)
        {
            Host = connect.Client.DisplayName ?? connect.Client.Id,
            ClientId = connect.Client.Id,
            Version = connect.Client.Version,
            Platform = connect.Client.Platform,
            DeviceFamily = connect.Client.DeviceFamily,
            ModelIdentifier = connect.Client.ModelIdentifier,
            TimeZone = connect.Client.TimeZone,
            Mode = connect.Client.Mode,
            Ip = connection.Address?.ToString(),
            InstanceId = connect.Client.InstanceId,
            DeviceId = admitted.DeviceId,
            Roles = [admitted.Role == CallerRole.Node ? "node" : "operator"],
            Scopes = ScopeNames.Of(admitted.Scopes),
            OnlineSince = nowMs,
            Reason = "connect",
        };
        Change(rows => rows.Count < MaxRows - 1 ? rows.SetItem(connection.Id, row) : rows);
    }

    /// <summary>A connection is over.</summary>
    public void Leave(Connection connection) => Change(rows => rows.Remove(connection.Id));

    private void Change(Func<ImmutableDictionary<string, PresenceEntry>, ImmutableDictionary<string, PresenceEntry>> change)
    {
        lock (_gate)
        {
            var changed = change(_rows);
            if (changed == _rows)
            {
                return;
            }

            Volatile.Write(ref _rows, changed);
            Interlocked.Increment(ref _version);
            events.Publish(new PresenceEvent(Rows, Version));
        }
    }

    private PresenceEntry Self() => new(NowMs())
    {
        Host = Environment.MachineName,
        Mode = "gateway",
        Reason = "self",
        Version = Hello.Version,
        Platform = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux",
        Text = $"Gateway: {Environment.MachineName}",
    };

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>Somebody came or went: the whole list anew.</summary>
internal sealed class PresenceEvent(IReadOnlyList<PresenceEntry> rows, long version) : GatewayEvent
{
    public override string Name => "presence";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override bool DropIfSlow => true;

    public override (long Presence, long Health)? StateVersion => (version, 0);

    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WritePropertyName("presence"u8);
        JsonSerializer.Serialize(writer, rows, OpenClawJson.Default.IReadOnlyListPresenceEntry);
    }
}

/// <summary>Who is there, for those who ask.</summary>
internal sealed class PresenceMethods(Presence presence) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = OpenClawJson.Default;
        methods.Add(MethodMap.Method<PresenceParams, IReadOnlyList<PresenceEntry>>(
            "system-presence", OperatorScopes.Read, json.PresenceParams, json.IReadOnlyListPresenceEntry, (_, _, _) => new(presence.Rows)) with
        {
            Summary = "The gateway and the clients that are connected now.",
        });
    }
}
