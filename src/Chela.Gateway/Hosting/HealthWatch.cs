using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Hosting;

/// <summary>Looks how the gateway is, once a minute and when its configuration has changed, and tells clients.</summary>
/// <param name="report">Made at the first look: the sessions behind it are opened after the listener, and may be damaged.</param>
internal sealed class HealthWatch(
    Lazy<HealthReport> report, HealthState state, Presence presence, EventBus events, ConfigStore config, TimeProvider time) : BackgroundService
{
    /// <summary>How old a client's picture may become (01-wire § 1.1).</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private readonly Lock _looking = new();

    /// <summary>Looks once, and tells.</summary>
    public void Look()
    {
        lock (_looking)
        {
            var snapshot = JsonSerializer.SerializeToElement(report.Value.ForReaders() with { Version = null, UptimeMs = null }, HostingJson.Default.Health);
            state.Set(snapshot);
            events.Publish(new HealthEvent(snapshot, (presence.Version, state.Version)));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var following = config.Subscribe(_ => Look());
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }
}

/// <summary>How the gateway is, for those who may read.</summary>
internal sealed class HealthEvent(JsonElement snapshot, (long Presence, long Health) version) : GatewayEvent
{
    public override string Name => "health";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override (long Presence, long Health)? StateVersion => version;

    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        foreach (var member in snapshot.EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }
}
