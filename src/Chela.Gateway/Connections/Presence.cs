using System.Collections.Immutable;
using System.Net;
using Chela.Contracts.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>
/// Who is there: the gateway itself, and the clients that people look at (04-events § 9). A client that left is shown for a while
/// yet, with the reason.
/// </summary>
internal sealed class Presence(EventBus events, HealthState health, TimeProvider time)
{
    /// <summary>The most rows, the gateway's own included; further clients are served, but not shown.</summary>
    public const int MaxRows = 200;

    /// <summary>How long a client is shown that left.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private ImmutableDictionary<string, Row> _rows = ImmutableDictionary<string, Row>.Empty;
    private long _version;

    /// <summary>Counts the changes, so that a client sees whether its copy is old.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The rows, the gateway's own first.</summary>
    public IReadOnlyList<PresenceEntry> Rows
    {
        get
        {
            var nowMs = NowMs();
            return [Self(nowMs), .. Volatile.Read(ref _rows).Values.Where(row => !row.IsOver(nowMs)).Select(row => row.Entry).OrderBy(entry => entry.OnlineSince)];
        }
    }

    /// <summary>A client has logged in. Programs that only pass by (mode cli, backend, probe) make no row.</summary>
    public void Join(string connectionId, IPAddress? address, ConnectParams connect, Admitted admitted)
    {
        if (connect.Client.Mode is "cli" or "backend" or "probe")
        {
            return;
        }

        var nowMs = NowMs();
        var isNode = admitted.Role == CallerRole.Node;
        var entry = new PresenceEntry(nowMs)
        {
            Host = connect.Client.DisplayName ?? connect.Client.Id,
            ClientId = connect.Client.Id,
            Version = connect.Client.Version,
            Platform = connect.Client.Platform,
            DeviceFamily = connect.Client.DeviceFamily,
            ModelIdentifier = connect.Client.ModelIdentifier,
            TimeZone = connect.Client.TimeZone,
            Mode = connect.Client.Mode,
            Ip = address?.ToString(),
            InstanceId = connect.Client.InstanceId,
            DeviceId = admitted.DeviceId,
            Roles = [isNode ? "node" : "operator"],
            Scopes = ScopeNames.Of(admitted.Scopes),
            OnlineSince = nowMs,
            Reason = isNode ? "node-connected" : "connect",
        };

        // A node has one row however often it comes again; two windows of one operator are two.
        var key = isNode ? admitted.DeviceId ?? connect.Client.InstanceId ?? connectionId : connectionId;
        Change(rows => Room(rows, key) is { } room ? room.SetItem(key, new Row(entry, connectionId)) : rows);
    }

    /// <summary>A connection is over.</summary>
    public void Leave(string connectionId) => Change(rows =>
    {
        if (rows.FirstOrDefault(pair => pair.Value.ConnectionId == connectionId) is not { Key: not null } found)
        {
            return rows; // it had no row, or a newer connection of the same node has it
        }

        var entry = found.Value.Entry;
        var reason = entry.Reason == "node-connected" ? "node-disconnected" : "disconnect";
        return rows.SetItem(found.Key, new Row(entry with { Ts = NowMs(), Reason = reason }, null));
    });

    private void Change(Func<ImmutableDictionary<string, Row>, ImmutableDictionary<string, Row>> change)
    {
        lock (_gate)
        {
            var changed = change(_rows);
            if (changed == _rows)
            {
                return;
            }

            var nowMs = NowMs();
            Volatile.Write(ref _rows, changed.RemoveRange(changed.Where(pair => pair.Value.IsOver(nowMs)).Select(pair => pair.Key)));
            Interlocked.Increment(ref _version);
            events.Publish(new PresenceEvent(Rows, (Version, health.Version)));
        }
    }

    /// <summary>Room for one row more: whoever left longest ago gives way; null when all are there.</summary>
    private static ImmutableDictionary<string, Row>? Room(ImmutableDictionary<string, Row> rows, string key)
    {
        if (rows.Count < MaxRows - 1 || rows.ContainsKey(key))
        {
            return rows;
        }

        var gone = rows.Where(pair => pair.Value.ConnectionId is null).OrderBy(pair => pair.Value.Entry.Ts).Select(pair => pair.Key).FirstOrDefault();
        return gone is null ? null : rows.Remove(gone);
    }

    private static PresenceEntry Self(long nowMs) => new(nowMs)
    {
        Host = Environment.MachineName,
        Mode = "gateway",
        Reason = "self",
        Version = Hello.Version,
        Platform = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux",
        Text = $"Gateway: {Environment.MachineName}",
    };

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A client's row.</summary>
    /// <param name="ConnectionId">The connection that it is about; null when that is over.</param>
    private sealed record Row(PresenceEntry Entry, string? ConnectionId)
    {
        public bool IsOver(long nowMs) => ConnectionId is null && nowMs >= Entry.Ts + (long)Lifetime.TotalMilliseconds;
    }
}
