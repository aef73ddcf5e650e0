using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>The tools of the configured servers, as far as these are connected. The SDK is not touched where none is configured.</summary>
internal sealed partial class McpServers(ConfigStore config, TimeProvider time, ILoggerFactory loggers) : IToolSource, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, IReadOnlyList<ITool>> _offers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger = loggers.CreateLogger<McpServers>();
    private Task[] _running = [];
    private volatile ITool[] _tools = [];

    public IReadOnlyList<ITool> Tools => _tools;

    /// <summary>Begins to connect, beside everything else.</summary>
    public void Start() => _running =
    [
        .. config.Current.Config.Mcp.Servers.Where(server => server.Value.Enabled != false)
            .Select(server => new McpServer(server.Key, server.Value, tools => Offer(server.Key, tools), time, loggers))
            .Select(server => Task.Run(() => server.RunAsync(_stopping.Token))),
    ];

    /// <summary>Lets go of every server, and ends those that are programs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private static partial class Log
    {
        [LoggerMessage(1440, LogLevel.Warning, "The tool {Tool} is left out: another MCP server has one that models would call the same")]
        public static partial void NameTaken(ILogger logger, string tool);
    }
}
