using System.Text.Json;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>The tools of the configured servers, as far as these are connected. The SDK is not touched where none is configured.</summary>
internal sealed partial class McpServers(ConfigStore config, TimeProvider time, ILoggerFactory loggers) : IToolSource, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, IReadOnlyList<ITool>> _offers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger<McpServers>();
    private volatile ITool[] _tools = [];
    private volatile bool _isOpen;

    public IReadOnlyList<ITool> Tools => _tools;

    /// <summary>The servers that are to be connected, by name.</summary>
    public IReadOnlyList<(string Name, McpServer Server)> Now
    {
        get
        {
            lock (_gate)
            {
                return [.. _running.Where(one => !one.Value.Stop.IsCancellationRequested).Select(one => (one.Key, one.Value.Server)).OrderBy(one => one.Key, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Begins to connect to the servers that are configured, beside everything else.</summary>
    public void Start()
    {
        _isOpen = true;
        Follow();
    }

    /// <summary>Connects to the servers that are new or changed, once what they were has been left, and leaves those that are gone. Before the start it does nothing.</summary>
    public void Follow()
    {
        if (!_isOpen)
        {
            return;
        }

        var snapshot = config.Current;
        var written = snapshot.Effective.GetProperty("mcp").GetProperty("servers");
        var wanted = snapshot.Config.Mcp.Servers.Where(server => server.Value.Enabled != false).ToDictionary(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (var (_, running) in _running.Where(server => !wanted.ContainsKey(server.Key) || !server.Value.Is(written.GetProperty(server.Key))))
            {
                running.Stop.Cancel();
            }

            foreach (var (name, settings) in wanted.Where(server => _running.GetValueOrDefault(server.Key)?.Stop.IsCancellationRequested != false))
            {
                var stop = new CancellationTokenSource();
                var before = _running.GetValueOrDefault(name)?.Task ?? Task.CompletedTask;
                var server = new McpServer(name, settings, tools => Offer(name, tools), time, loggers);
                _running[name] = new Running(written.GetProperty(name), server, stop, Background.Run(() => RunAsync(server, before, stop.Token)));
            }
        }
    }

    /// <summary>Lets go of every server, and ends those that are programs.</summary>
    public async ValueTask DisposeAsync()
    {
        Running[] all;
        lock (_gate)
        {
            all = [.. _running.Values];
        }

        foreach (var running in all)
        {
            await running.Stop.CancelAsync();
        }

        await Task.WhenAll(all.Select(running => running.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task RunAsync(McpServer server, Task before, CancellationToken stopping)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.RunAsync(stopping);
    }

    private void Offer(string server, IReadOnlyList<ITool> tools)
    {
        lock (_gate)
        {
            _offers[server] = tools;
            var names = new HashSet<string>(StringComparer.Ordinal);
            var isFirst = _offers.Values.SelectMany(offer => offer).ToLookup(tool => names.Add(ToolCatalog.NameForModel(tool.Description.Name)));
            _tools = [.. isFirst[true]];
            foreach (var tool in isFirst[false])
            {
                Log.NameTaken(_logger, tool.Description.Name);
            }
        }
    }

    /// <summary>A server that is kept connected, or whose end has begun.</summary>
    private sealed record Running(JsonElement Settings, McpServer Server, CancellationTokenSource Stop, Task Task)
    {
        /// <summary>True for one that has those settings.</summary>
        public bool Is(JsonElement settings) => JsonElement.DeepEquals(Settings, settings);
    }

    private static partial class Log
    {
        [LoggerMessage(1440, LogLevel.Warning, "The tool {Tool} is left out: another MCP server has one that models would call the same")]
        public static partial void NameTaken(ILogger logger, string tool);
    }
}
