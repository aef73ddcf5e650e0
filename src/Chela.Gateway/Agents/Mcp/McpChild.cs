using System.Diagnostics;
using System.Text;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>A server that is a program. It gets no more of the gateway's environment than programs need, and ends with the connection.</summary>
internal sealed partial class McpChild : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _complaints;

    private McpChild(Process process, McpComplaints complaints, TimeProvider time)
    {
        (_process, _time) = (process, time);
        _complaints = complaints.FollowAsync(process.StandardError, _ended.Token);
    }

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it says.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    public static McpChild Start(string name, McpServerConfig config, TimeProvider time, ILogger logger)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(config.Command!, config.Args ?? [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardErrorEncoding = utf8,
            CreateNoWindow = true,
        };
        start.Environment.Clear();
        foreach (var (variable, value) in StdioClientTransportOptions.GetDefaultEnvironmentVariables())
        {
            start.Environment[variable] = value;
        }

        foreach (var (variable, value) in config.Env ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        var process = Process.Start(start)!;
        Log.Started(logger, name, process.Id);
        return new McpChild(process, new McpComplaints(name, time, logger), time);
    }

    /// <summary>Ends it, and all that it started.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (AggregateException)
        {
            // Something that it started runs for another user, and is that user's affair.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        using var grace = new CancellationTokenSource(Grace, _time);
        await _process.WaitForExitAsync(grace.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ended.CancelAsync();
        await _complaints;
        _process.Dispose();
        _ended.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1444, LogLevel.Information, "MCP server {Server} runs as process {Pid}")]
        public static partial void Started(ILogger logger, string server, int pid);
    }
}
