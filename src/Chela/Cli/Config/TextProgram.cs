using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chela.Cli.Config;

/// <summary>The program in which the person writes: <c>VISUAL</c>, else <c>EDITOR</c>, else the system's own.</summary>
internal sealed class TextProgram(Func<string, string?> environment)
{
    private string Command => Given("VISUAL") ?? Given("EDITOR") ?? (OperatingSystem.IsWindows() ? "notepad" : "vi");

    /// <summary>Opens a file and waits until the person is done. Ctrl-C is the editor's own affair meanwhile.</summary>
    /// <exception cref="UsageException">It cannot be started, or says that it failed.</exception>
    public async Task OpenAsync(string file)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var process = new Process { StartInfo = Start(file) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new UsageException($"{Command} cannot be started: {e.Message}; name an editor in VISUAL or EDITOR");
        }

        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new UsageException($"{Command} ended with {process.ExitCode}, and nothing was changed; name another editor in VISUAL or EDITOR if it cannot be started");
        }
    }

    /// <summary>The variable may hold options too, so a shell reads it, as it does for other programs.</summary>
    private ProcessStartInfo Start(string file) => OperatingSystem.IsWindows()
        ? new ProcessStartInfo("cmd", $"/c {Command} \"{file}\"")
        : new ProcessStartInfo("/bin/sh", ["-c", $"{Command} \"$1\"", "sh", file]);

    private string? Given(string name) => environment(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
}
