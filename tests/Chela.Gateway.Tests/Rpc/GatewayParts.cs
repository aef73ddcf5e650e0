using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Contracts.Tools;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Bus;
using Chela.Gateway.Hosting;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Tests.Rpc;

/// <summary>All parts of a gateway as the host puts them together, on real files, without a listener.</summary>
internal sealed class GatewayParts : IAsyncDisposable
{
    public const string Token = "the-token-of-this-trial";

    private readonly ConcurrentQueue<GatewayEvent> _events = new();
    private readonly ServiceProvider _services;

    private GatewayParts(GatewaySetup setup, IReadOnlyList<ITool> tools)
    {
        var services = new ServiceCollection().AddLogging().AddGateway(setup);
        foreach (var tool in tools)
        {
            services.AddSingleton(tool);
        }

        _services = services.BuildServiceProvider();
        Get<EventBus>().Subscribe(_events.Enqueue);
    }

    /// <summary>Everything that was told to clients, in order.</summary>
    public IReadOnlyList<GatewayEvent> Events => [.. _events];

    /// <summary>Reads what is in the folder, as the host does at its start.</summary>
    /// <param name="folder">The state directory; a second start with the same one is a restart.</param>
    /// <param name="time">The clock; the real one without it.</param>
    /// <param name="config">The text of the configuration file.</param>
    /// <param name="models">Where models are; only the echo model without it.</param>
    /// <param name="phase">How far it is to get.</param>
    /// <param name="tools">Tools besides those of the gateway.</param>
    public static async Task<GatewayParts> StartAsync(
        TempFolder folder,
        TimeProvider? time = null,
        string? config = null,
        ModelSettings? models = null,
        LifecyclePhase phase = LifecyclePhase.Running,
        IReadOnlyList<ITool>? tools = null)
    {
        var setup = new GatewaySetup(
            new StatePaths(folder.Path), ConfigFixture.Load(config), Token, models ?? new ModelSettings(), time ?? TimeProvider.System);
        var parts = new GatewayParts(setup, tools ?? []);
        await parts.Get<SessionTable>().LoadAsync(TestContext.Current.CancellationToken);
        await parts.Get<DeviceTable>().LoadAsync(TestContext.Current.CancellationToken);
        parts.Get<GatewayAddresses>().Attach(["ws://127.0.0.1:18789"]);
        parts.Get<Lifecycle>().MoveTo(phase);
        return parts;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The payload of an event in the words of a dialect.</summary>
    public static JsonElement PayloadOf(GatewayEvent happened, Dialect dialect = Dialect.OpenClaw)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            happened.WriteMembers(writer, dialect);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.ToArray());
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
