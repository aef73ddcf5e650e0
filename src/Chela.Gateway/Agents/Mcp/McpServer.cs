using Chela.Contracts.Tools;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>Keeps one server connected: what ends is begun again, later and later while it does not hold.</summary>
/// <param name="name">What it is called here.</param>
/// <param name="config">How it is reached.</param>
/// <param name="offer">Takes the tools that it has now; none while it is not connected.</param>
internal sealed partial class McpServer(
    string name, McpServerConfig config, Action<IReadOnlyList<ITool>> offer, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>A connection that held for so long was a good one: the next is tried at once.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    /// <summary>A server that changes its list all the time is asked no more often than this.</summary>
    private static readonly TimeSpan BetweenLists = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger<McpServer>();
    private volatile McpSession? _session;

    /// <summary>Why it is not connected, or did not answer when it was asked; null where all is well, and before the first try has ended.</summary>
    public string? Problem { get; private set; }

    /// <summary>Asks whether it is still there. One that is not connected is not asked: it is being tried anyway.</summary>
    public async Task AskAsync(CancellationToken ct)
    {
        if (_session is { } session)
        {
            Problem = await session.SilenceAsync(ct);
        }
    }

    /// <summary>Ends when it is told to.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var retry = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(Again()).Build();
        while (!stopping.IsCancellationRequested)
        {
            await retry.ExecuteAsync(LiveAsync, stopping);
        }
    }

    private RetryStrategyOptions Again() => new()
    {
        ShouldHandle = arguments => new(arguments.Outcome.Exception is not null && !arguments.Context.CancellationToken.IsCancellationRequested),
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = TimeSpan.FromSeconds(1),
        MaxDelay = TimeSpan.FromMinutes(1),
        OnRetry = arguments =>
        {
            Problem = McpText.Cut(arguments.Outcome.Exception!.Message, McpText.LongestReason);
            Log.Lost(_logger, name, arguments.RetryDelay.TotalSeconds, Problem);
            return default;
        },
    };

    /// <summary>One connection from its begin to its end.</summary>
    private async ValueTask LiveAsync(CancellationToken ct)
    {
        var began = time.GetTimestamp();
        string reason;
        try
        {
            await using var session = await McpSession.OpenAsync(name, config, time, _logger, ct);
            _session = session;
            reason = await FollowAsync(session, ct);
        }
        finally
        {
            _session = null;
            offer([]);
        }

        if (time.GetElapsedTime(began) < Settled)
        {
            throw new IOException(reason);
        }
    }

    /// <summary>Offers the tools as they are, until the connection ends; gives why.</summary>
    private async Task<string> FollowAsync(McpSession session, CancellationToken ct)
    {
        while (true)
        {
            var tools = McpToolList.Of(name, config, await session.ListAsync(ct), session, _logger);
            Log.Connected(_logger, name, tools.Count);
            Problem = null;
            offer(tools);
            await Task.Delay(BetweenLists, time, ct);
            if (await session.UntilChangedAsync(ct) is { } reason)
            {
                return reason;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1441, LogLevel.Information, "MCP server {Server} offers {Tools} tools")]
        public static partial void Connected(ILogger logger, string server, int tools);

        [LoggerMessage(1442, LogLevel.Warning, "MCP server {Server} is not connected; next try in {Seconds:0.0} s: {Reason}")]
        public static partial void Lost(ILogger logger, string server, double seconds, string reason);
    }
}
