using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Chela.Gateway.Agents.Tools.Exec;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Null when it was ended.</param>
/// <param name="Output">What it wrote, as far as that is kept.</param>
/// <param name="Errors">What it wrote to the stream for errors.</param>
/// <param name="WhyEnded">Why it was ended; null when it came to its own end.</param>
internal sealed record ProgramEnd(int? ExitCode, string Output, string Errors, string? WhyEnded);

/// <summary>Runs a program to its end, or ends it and all that it started: when its time is over, it floods, or nobody waits any more.</summary>
internal sealed class ProgramRun : IDisposable
{
    /// <summary>How much of each stream is kept, in characters.</summary>
    public const int MaxKept = 100_000;

    /// <summary>With more in one stream a program is ended.</summary>
    public const long MaxWritten = 10 * 1024 * 1024;

    private const int Kill = 9;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _flood = new();

    private ProgramRun(Process process, TimeProvider time) => (_process, _time) = (process, time);

    /// <summary>Runs it. Its environment is PATH, HOME and LANG; it reads nothing.</summary>
    /// <param name="command">The program, by an absolute path, and its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="allowed">How long it may run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<ProgramEnd> RunAsync(IReadOnlyList<string> command, string folder, TimeSpan allowed, TimeProvider time, CancellationToken ct)
    {
        using var run = new ProgramRun(Start(command, folder), time);
        return await run.WaitAsync(allowed, ct);
    }

    public void Dispose()
    {
        _process.Dispose();
        _flood.Dispose();
    }

    private static Process Start(IReadOnlyList<string> command, string folder)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = AllowedPrograms.SearchPath;
        start.Environment["HOME"] = folder;
        start.Environment["LANG"] = "C.UTF-8";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new ToolRefusal("The program could not be started.");
        }
    }

    private async Task<ProgramEnd> WaitAsync(TimeSpan allowed, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(allowed, _time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _flood.Token, ct);
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        var reading = Task.WhenAll(ReadAsync(_process.StandardOutput, output), ReadAsync(_process.StandardError, errors));
        string? why = null;
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(any.Token);
        }
        catch (OperationCanceledException)
        {
            why = _flood.IsCancellationRequested ? "It wrote too much" : "Its time was over";
        }
        finally
        {
            KillAll();
        }

        // One that has left the group may hold a stream open for ever.
        await Task.WhenAny(reading, Task.Delay(Grace, _time, CancellationToken.None));
        ct.ThrowIfCancellationRequested();
        return new ProgramEnd(why is null ? _process.ExitCode : null, Kept(output), Kept(errors), why);
    }

    /// <summary>Reads on when enough is kept: a program that cannot write would wait for ever.</summary>
    private async Task ReadAsync(StreamReader from, StringBuilder kept)
    {
        var buffer = new char[16 * 1024];
        for (long written = 0; await from.ReadAsync(buffer, CancellationToken.None) is > 0 and var count; written += count)
        {
            lock (kept)
            {
                kept.Append(buffer, 0, Math.Min(count, MaxKept - kept.Length));
            }

            if (written > MaxWritten)
            {
                await _flood.CancelAsync();
                return;
            }
        }
    }

    private static string Kept(StringBuilder kept)
    {
        lock (kept)
        {
            return kept.ToString();
        }
    }

    /// <summary>Ends the program, its children, and whatever is left of its group when it has ended itself.</summary>
    private void KillAll()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = KillCore(-_process.Id, Kill); // fails when nobody is left
        }

        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It has ended meanwhile.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int KillCore(int process, int signal);
}
