using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chela.Cli;

/// <summary>Reads small files of the state directory, also while the running gateway holds them.</summary>
internal static class StateFile
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>The text, or null if there is no such file, it may not be read, or it is no small file.</summary>
    public static string? TryRead(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            using var handle = OperatingSystem.IsWindows()
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
                : OpenUnlocked(path);
            if (handle.IsInvalid)
            {
                return null;
            }

            using var reader = new StreamReader(new FileStream(handle, FileAccess.Read, bufferSize: 0));
            var buffer = new char[MaxBytes];
            var length = reader.ReadBlock(buffer);
            return length < MaxBytes ? new string(buffer, 0, length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>File.OpenHandle takes a shared lock on Unix, and so fails on the very file that a running gateway has locked.</summary>
    private static SafeFileHandle OpenUnlocked(string path) => new(Open(path, flags: 0), ownsHandle: true);

    [DllImport("libc", EntryPoint = "open", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
