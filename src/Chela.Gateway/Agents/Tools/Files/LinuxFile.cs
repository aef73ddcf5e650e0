using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>The two system calls that .NET has no door to: holding a file without opening it, and asking what it is.</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxFile
{
    private const int HoldOnly = 0x200000;
    private const int CloseOnExec = 0x80000;
    private const int ErrorNotThere = 2;
    private const int ErrorInterrupted = 4;
    private const int ErrorNoFolder = 20;
    private const int ErrorNameTooLong = 36;

    private const int OfTheHandle = 0x1000;
    private const uint TypeAndSize = 0x201;
    private const int ModeAt = 28;
    private const int SizeAt = 40;
    private const int TypeMask = 0xF000;

    // The processors do not agree on this one.
    private static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Holds what has this path, without opening it: a pipe is not waited for. Null when nothing has.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followsLink">Whether a link at the end of it is followed, or held itself.</param>
    public static SafeFileHandle? Hold(string path, bool followsLink)
    {
        while (true)
        {
            var descriptor = Open(path, HoldOnly | CloseOnExec | (followsLink ? 0 : NoFollow));
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is ErrorNotThere or ErrorNoFolder or ErrorNameTooLong)
            {
                return null;
            }

            if (error != ErrorInterrupted)
            {
                throw new UnauthorizedAccessException(new Win32Exception(error).Message);
            }
        }
    }

    /// <summary>What a held file is, and its size.</summary>
    public static (EntryKind Kind, long Size) Look(SafeFileHandle held)
    {
        var answer = new byte[256];
        if (Statx(held, "", OfTheHandle, TypeAndSize, answer) != 0)
        {
            throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        }

        var kind = (BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(ModeAt)) & TypeMask) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Folder,
            0xA000 => EntryKind.Link,
            _ => EntryKind.Special,
        };
        return (kind, BinaryPrimitives.ReadInt64LittleEndian(answer.AsSpan(SizeAt)));
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Statx(SafeFileHandle folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);
}
