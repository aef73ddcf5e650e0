using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Agents.Mcp;

/// <summary>The configured servers, connected for real, with their log.</summary>
internal sealed class McpTrial : IAsyncDisposable
{
    private readonly RecordingLog _log = new();
    private readonly LoggerFactory _loggers;
    private readonly McpServers _servers;

    private McpTrial(JsonObject servers)
    {
        _loggers = new LoggerFactory([_log]);
        var config = ConfigFixture.Load(new JsonObject { ["mcp"] = new JsonObject { ["servers"] = servers } }.ToJsonString());
        _servers = new McpServers(new ConfigStore(config), TimeProvider.System, _loggers);
        _servers.Start();
    }

    public IReadOnlyList<ITool> Tools => _servers.Tools;

    /// <summary>The lines of the log so far.</summary>
    public IReadOnlyList<string> Lines => [.. _log.Lines];

    /// <summary>The settings of the scripted server of this folder.</summary>
    public static JsonObject Scripted(string how = "kind", int timeoutSeconds = 60) => new()
    {
        ["command"] = ProgramOnPath.Require("node"),
        ["args"] = new JsonArray(Path.Combine(Repository.Root, "tests/Chela.Gateway.Tests/Agents/Mcp/trial-server.mjs"), how),
        ["timeoutSeconds"] = timeoutSeconds,
    };

    public static McpTrial Start(params (string Name, JsonObject Settings)[] servers) =>
        new(new JsonObject(servers.Select(server => KeyValuePair.Create<string, JsonNode?>(server.Name, server.Settings))));

    /// <summary>Waits until there is a tool of this name.</summary>
    public async Task<ITool> ToolAsync(string name)
    {
        await UntilAsync(() => Find(name) is not null, $"there is a tool {name}");
        return Find(name)!;
    }

    /// <summary>Waits until the log has a line with these words.</summary>
    public Task LineAsync(string words) => UntilAsync(() => Lines.Any(line => line.Contains(words, StringComparison.Ordinal)), $"the log says '{words}'");

    /// <summary>Calls a tool.</summary>
    public static Task<ToolResult> CallAsync(ITool tool, string arguments = "{}", CancellationToken ct = default) =>
        tool.RunAsync(JsonElement.Parse(arguments), new ToolContext("main", "agent:main:main", "run", "call", "/"), ct);

    /// <summary>The process of the scripted server that was started last.</summary>
    public int LastPid() => int.Parse(Lines.Last(line => line.Contains("runs as process", StringComparison.Ordinal)).Split(' ')[^1], provider: null);

    public async Task UntilAsync(Func<bool> holds, string what)
    {
        try
        {
            await Patience.UntilAsync(PollAsync, what);
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', Lines.TakeLast(20)));
            throw;
        }

        async Task<bool> PollAsync(CancellationToken ct)
        {
            await Task.Delay(10, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // nothing tells when a server has come
            return holds();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        _loggers.Dispose();
    }

    private ITool? Find(string name) => Tools.FirstOrDefault(tool => tool.Description.Name == name);

    private sealed class RecordingLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
