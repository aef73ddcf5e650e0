using System.Text.Json;
using System.Threading.Channels;
using Chela.Contracts.Tools;
using Chela.Gateway.Config;
using Chela.Gateway.Programs;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>One connection with a server, and the program behind it where it is one.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    /// <summary>The most tools of one server that are looked at.</summary>
    private const int MaxTools = 500;

    /// <summary>The most pages of a list that are read.</summary>
    private const int MaxPages = 50;

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource<string> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ChildProgram? _child;
    private McpClient _client = null!;

    private McpSession(string name, McpServerConfig config, TimeProvider time, ILogger logger)
    {
        (_limit, _time) = (config.TimeLimit(), time);
        _child = config.Url is null ? ChildProgram.Start($"MCP server {name}", config.Command!, config.Args, config.Env, time, logger) : null;
    }

    /// <summary>Connects and says hello.</summary>
    public static async Task<McpSession> OpenAsync(string name, McpServerConfig config, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        var session = new McpSession(name, config, time, logger);
        try
        {
            session._client = await McpClient.CreateAsync(session.TransportFor(config), session.Options(), loggerFactory: null, ct);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>The tools that the server has now.</summary>
    public async Task<IReadOnlyList<Tool>> ListAsync(CancellationToken ct)
    {
        if (_client.ServerCapabilities.Tools is null)
        {
            return [];
        }

        using var limit = new CancellationTokenSource(_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var tools = new List<Tool>();
        string? cursor = null;
        for (var page = 0; page < MaxPages && tools.Count < MaxTools && (page == 0 || cursor is not null); page++)
        {
            var answer = await _client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, either.Token);
            tools.AddRange(answer.Tools);
            cursor = answer.NextCursor;
        }

        return tools[..Math.Min(tools.Count, MaxTools)];
    }

    /// <summary>Asks whether the server is there; gives why it seems not to be, and null where it says so.</summary>
    public async Task<string?> SilenceAsync(CancellationToken ct)
    {
        try
        {
            await _client.PingAsync(cancellationToken: ct);
            return null;
        }
        catch (OperationCanceledException)
        {
            return "it does not answer in time";
        }
        catch (Exception e) when (e is McpException or IOException or HttpRequestException or ObjectDisposedException)
        {
            return McpText.Cut(e.Message, McpText.LongestReason);
        }
    }

    /// <summary>Waits until the list of tools is another; gives why the connection is at its end where it is.</summary>
    public async Task<string?> UntilChangedAsync(CancellationToken ct)
    {
        var changed = _changes.Reader.ReadAsync(ct).AsTask();
        await await Task.WhenAny(changed, _broken.Task, _client.Completion);
        return changed.IsCompletedSuccessfully ? null
            : _broken.Task.IsCompleted ? await _broken.Task
            : (await _client.Completion).Exception?.Message ?? "the server ended the connection";
    }

    /// <summary>Has the server run a tool.</summary>
    public async Task<ToolResult> CallAsync(string tool, JsonElement arguments, CancellationToken ct)
    {
        var values = arguments.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        try
        {
            return McpResult.Of(await _client.CallToolAsync(new CallToolRequestParams { Name = tool, Arguments = values }, ct));
        }
        catch (Exception e) when (e is McpException or JsonException)
        {
            return ToolResult.Failed($"The server did not do it: {McpText.Cut(e.Message, McpText.LongestReason)}");
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            _broken.TrySetResult(e.Message);
            return ToolResult.Failed("The connection with the server broke, and it is not known whether the call was carried out. It is being connected anew.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _child?.Kill(); // before its streams are closed: a program that has ended hides those that it started
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        if (_child is not null)
        {
            await _child.DisposeAsync();
        }
    }

    private IClientTransport TransportFor(McpServerConfig config)
    {
        if (_child is not null)
        {
            return new StreamClientTransport(_child.Input, new GuardedStream(_child.Output, GuardedStream.Lines, _time));
        }

        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri(config.Url!),
            TransportMode = HttpTransportMode.StreamableHttp,
            ConnectionTimeout = _limit,
            AdditionalHeaders = (config.Headers ?? new Dictionary<string, string>()).ToDictionary(),
        };
        return new HttpClientTransport(options, McpHttp.CreateClient(_time), loggerFactory: null, ownsHttpClient: true);
    }

    private McpClientOptions Options() => new()
    {
        ClientInfo = new Implementation { Name = "chela", Version = typeof(McpSession).Assembly.GetName().Version!.ToString(3) },
        InitializationTimeout = _limit,
        Handlers = new McpClientHandlers
        {
            NotificationHandlers =
            [
                new(NotificationMethods.ToolListChangedNotification, (_, _) =>
                {
                    _changes.Writer.TryWrite(true);
                    return default;
                }),
            ],
        },
    };
}
