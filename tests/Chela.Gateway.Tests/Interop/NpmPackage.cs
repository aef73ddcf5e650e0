using System.Diagnostics;

namespace Chela.Gateway.Tests.Interop;

/// <summary>A folder with a <c>package.json</c> and what it needs from npm, exactly as its lock file says.</summary>
/// <param name="folder">The folder.</param>
internal sealed class NpmPackage(string folder)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Written by npm when an installation is complete.</summary>
    private readonly string _installed = Path.Combine(folder, "node_modules", ".package-lock.json");

    /// <summary>Whether everything of the lock file is there.</summary>
    public bool IsInstalled =>
        File.GetLastWriteTimeUtc(_installed) > File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"));

    /// <summary>Installs what is missing; another test run that installs here at the same time is waited for.</summary>
    public async Task InstallAsync(string npm, ITestOutputHelper output, CancellationToken ct)
    {
        await using var held = await LockAsync(ct);
        if (IsInstalled)
        {
            return;
        }

        var start = new ProcessStartInfo(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) { WorkingDirectory = folder };
        var npmCi = await ForeignProcess.RunAsync(start, output, InstallLimit, ct);

        Assert.True(npmCi.ExitCode == 0, $"npm ci in {folder} failed:\n{npmCi.Output}");
    }

    /// <summary>The lock is a file that only one process at a time can open; it goes with its holder.</summary>
    private async Task<FileStream> LockAsync(CancellationToken ct)
    {
        var path = Path.Combine(folder, "node_modules.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(Pause, ct); // nothing tells when a file of another process is closed
            }
        }
    }
}
