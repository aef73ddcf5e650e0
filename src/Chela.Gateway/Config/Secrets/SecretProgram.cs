using System.Diagnostics;
using System.Text;

namespace Chela.Gateway.Config.Secrets;

/// <summary>Runs a program that prints a secret. There is no shell; the program has the environment of the gateway, nothing to read, and little time.</summary>
internal static class SecretProgram
{
    /// <summary>How long it may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>What it printed.</summary>
    public static async Task<SecretAnswer> RunAsync(SecretReference reference, TimeProvider time, CancellationToken ct)
    {
        var start = new ProcessStartInfo(reference.Id, reference.Args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            return await ReadAsync(process, reference, limit.Token, either.Token);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return new SecretAnswer(null, $"refers to {reference.Id}, which cannot be run: {e.Message}");
        }
    }

    private static async Task<SecretAnswer> ReadAsync(Process process, SecretReference reference, CancellationToken limit, CancellationToken either)
    {
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, either); // never shown: it may repeat the secret
            var output = await SecretText.ReadBoundedAsync(process.StandardOutput.BaseStream, either).WaitAsync(either);
            if (output is null)
            {
                return new SecretAnswer(null, $"refers to {reference.Id}, which prints more than {SecretText.MaxBytes} bytes");
            }

            await errors.WaitAsync(either);
            await process.WaitForExitAsync(either);
            return process.ExitCode == 0
                ? SecretText.Answer(output, reference.Id)
                : new SecretAnswer(null, $"refers to {reference.Id}, which ended with the exit code {process.ExitCode}");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new SecretAnswer(null, $"refers to {reference.Id}, which did not end within {Limit.TotalSeconds:0} seconds");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <summary>The text of a secret as files and programs give it.</summary>
internal static class SecretText
{
    /// <summary>The longest secret.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>All bytes of a stream; null where they are too many.</summary>
    public static async Task<byte[]?> ReadBoundedAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length > MaxBytes ? null : buffer[..length];
    }

    /// <summary>The secret without line ends behind it.</summary>
    public static SecretAnswer Answer(byte[] bytes, string from)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return new SecretAnswer(null, $"refers to {from}, which gives no UTF-8 text");
        }

        var text = Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');
        return string.IsNullOrWhiteSpace(text) ? new SecretAnswer(null, $"refers to {from}, which gives nothing") : new SecretAnswer(text, null);
    }
}
