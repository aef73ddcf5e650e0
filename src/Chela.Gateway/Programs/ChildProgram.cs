using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Programs;

/// <summary>
/// A program that the gateway starts and speaks with over its standard input and output. It gets no more of the gateway's environment than programs
/// need, and ends with the connection.
/// </summary>
internal sealed partial class ChildProgram : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>What every program may know of the gateway's environment.</summary>
    private static readonly string[] Inherited = OperatingSystem.IsWindows()
        ? ["APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "USERNAME", "USERPROFILE"]
        : ["HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER"];

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _complaints;

    private ChildProgram(Process process, Complaints complaints, TimeProvider time)
    {
        (_process, _time) = (process, time);
        _complaints = complaints.FollowAsync(process.StandardError, _ended.Token);
    }

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it says.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What the log calls it, for example <c>MCP server files</c>.</param>
    /// <param name="command">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="env">Variables of its environment besides those that every program gets.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log; it also gets what the program prints on its standard error.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static ChildProgram Start(
        string name, string command, IReadOnlyList<string>? args, IReadOnlyDictionary<string, string>? env, TimeProvider time, ILogger logger)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(command, args ?? [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardErrorEncoding = utf8,
            CreateNoWindow = true,
        };
        start.Environment.Clear();
        foreach (var variable in Inherited.Where(variable => Environment.GetEnvironmentVariable(variable) is not null))
        {
            start.Environment[variable] = Environment.GetEnvironmentVariable(variable);
        }

        foreach (var (variable, value) in env ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        var process = Process.Start(start)!;
        Log.Started(logger, name, process.Id);
        return new ChildProgram(process, new Complaints(name, time, logger), time);
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
        [LoggerMessage(1444, LogLevel.Information, "{Program} runs as process {Pid}")]
        public static partial void Started(ILogger logger, string program, int pid);
    }
}
