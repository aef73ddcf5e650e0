using System.Diagnostics;

namespace Chela.Gateway.Tests.Storage;

/// <summary>A file system of its own and a given size, where the machine lets a test mount one.</summary>
internal static class SmallDisk
{
    /// <summary>Mounts one; false where that is not allowed.</summary>
    public static Task<bool> MountAsync(string path, string size) => RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path);

    /// <summary>Takes it away, and what is on it.</summary>
    public static Task UnmountAsync(string path) => RunAsync("umount", path);

    /// <summary>Writes a file until nothing fits any more; gives its path.</summary>
    public static async Task<string> FillAsync(string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                await file.WriteAsync(new byte[4096], ct);
            }
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        await process!.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
