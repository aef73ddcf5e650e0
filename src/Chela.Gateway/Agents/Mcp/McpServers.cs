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

    public IReadOnlyList<ITool> Tools => _tools;

    /// <summary>
    /// Begins to connect to the servers that are configured, beside everything else; at a later call to those that are new or changed, once what
    /// they were has been left, and leaves those that are gone.
    /// </summary>
    public void Follow()
    {
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
                _running[name] = new Running(written.GetProperty(name), stop, Background.Run(() => RunAsync(name, settings, before, stop.Token)));
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

    private async Task RunAsync(string name, McpServerConfig settings, Task before, CancellationToken stopping)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await new McpServer(name, settings, tools => Offer(name, tools), time, loggers).RunAsync(stopping);
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
    private sealed record Running(JsonElement Settings, CancellationTokenSource Stop, Task Task)
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
