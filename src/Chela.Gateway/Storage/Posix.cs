using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Storage;

/// <summary>The two system calls that .NET has no door to: opening without .NET's own advisory lock, and flock(2).</summary>
[UnsupportedOSPlatform("windows")]
internal static class Posix
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;

    private const int ErrorInterrupted = 4;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;

    /// <summary>Opens what exists. The handle is not inherited by child processes: an inherited lock would outlive its owner.</summary>
    public static SafeFileHandle Open(string path, int access)
    {
        while (true)
        {
            var descriptor = OpenCore(path, access | CloseOnExec);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            if (Marshal.GetLastPInvokeError() != ErrorInterrupted)
            {
                throw Failure("open", path);
            }
        }
    }

    /// <summary>Takes the exclusive lock without waiting; false when another open file description holds it.</summary>
    public static bool TryLock(SafeFileHandle handle, string path)
    {
        while (FlockCore(handle, LockExclusive | LockNonBlocking) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
            {
                return false;
            }

            if (error != ErrorInterrupted)
            {
                throw Failure("lock", path);
            }
        }

        return true;
    }

    private static int CloseOnExec =>
        OperatingSystem.IsMacOS() ? 0x1000000 : OperatingSystem.IsFreeBSD() ? 0x100000 : 0x80000;

    private static int WouldBlock => OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 35 : 11;

    private static IOException Failure(string verb, string path)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"Could not {verb} {path}: {error.Message}.", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenCore([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int FlockCore(SafeFileHandle handle, int operation);
}
