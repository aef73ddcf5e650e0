using System.ComponentModel;
using System.Diagnostics;

namespace Chela.Service;

/// <summary>systemd could not be asked, or refused; the message says why and what to do.</summary>
internal sealed class ServiceException(string message) : Exception(message);

/// <summary>Asks systemd, as this user.</summary>
internal static class Systemctl
{
    /// <summary>Runs <c>systemctl --user</c> and waits for it.</summary>
    /// <exception cref="ServiceException">There is none, or it says no.</exception>
    public static async Task RunAsync(IEnumerable<string> arguments, CancellationToken ct)
    {
        var (exit, errors) = await CallAsync([.. arguments], ct);
        if (exit != 0)
        {
            throw new ServiceException($"systemctl --user {string.Join(' ', arguments)} failed: {errors}");
        }
    }

    /// <summary>The same where it does not matter whether it says no, as it does to a unit that it has not read yet.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public static Task TryAsync(IEnumerable<string> arguments, CancellationToken ct) => CallAsync([.. arguments], ct);

    private static async Task<(int Exit, string Errors)> CallAsync(string[] arguments, CancellationToken ct)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo("systemctl", ["--user", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true } };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw new ServiceException("this machine has no systemctl; have another supervisor run: chela gateway run");
        }

        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = await process.StandardError.ReadToEndAsync(ct);
        await output;
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, errors.Trim());
    }
}
