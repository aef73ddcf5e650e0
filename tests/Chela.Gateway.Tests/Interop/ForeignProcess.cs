using System.Diagnostics;
using System.Text;

namespace Chela.Gateway.Tests.Interop;

/// <summary>Runs a program to its end and passes its output on, line by line, as it comes.</summary>
internal static class ForeignProcess
{
    /// <summary>Runs; what takes longer than <paramref name="limit"/> is ended, with all that it started.</summary>
    public static async Task<Finished> RunAsync(ProcessStartInfo start, ITestOutputHelper output, TimeSpan limit, CancellationToken ct)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(limit);
        using var process = Process.Start(start)!;
        var text = new StringBuilder();
        var reading = Task.WhenAll(CopyAsync(process.StandardOutput, text, output), CopyAsync(process.StandardError, text, output));
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            await reading;
            return new Finished(-1, $"{text}It took longer than {limit}.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        await reading;
        return new Finished(process.ExitCode, text.ToString());
    }

    private static async Task CopyAsync(StreamReader from, StringBuilder text, ITestOutputHelper output)
    {
        while (await from.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (text)
            {
                text.AppendLine(line);
            }

            output.WriteLine(line);
        }
    }
}

/// <summary>How a program ended.</summary>
internal sealed record Finished(int ExitCode, string Output);
