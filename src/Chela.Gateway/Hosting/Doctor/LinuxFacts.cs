using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>A disk.</summary>
/// <param name="FreeBytes">For this user.</param>
/// <param name="Files">How many it can hold; 0 where it has no such bound.</param>
/// <param name="FreeFiles">How many more.</param>
/// <param name="IsReadOnly">Whether nobody can write on it.</param>
internal sealed record DiskFacts(long FreeBytes, long Files, long FreeFiles, bool IsReadOnly);

/// <summary>What .NET does not tell: who owns a file, and how full a disk is of files.</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxFacts
{
    private const int FromHere = -100;
    private const int NoFollow = 0x100;
    private const uint Owner = 0x8;
    private const int OwnerAt = 20;
    private const int MayWrite = 2;

    /// <summary>Who runs this program.</summary>
    public static uint User => GetEffectiveUser();

    /// <summary>Who owns a file, or the link itself; null where there is none.</summary>
    public static uint? OwnerOf(string path)
    {
        var answer = new byte[256];
        return Statx(FromHere, path, NoFollow, Owner, answer) == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(OwnerAt)) : null;
    }

    /// <summary>True where this user can write into a folder; of root the system says so always, but on a disk that is read-only.</summary>
    public static bool CanWrite(string folder) => Access(folder, MayWrite) == 0;

    /// <summary>The disk under a folder; null where it cannot be asked.</summary>
    public static DiskFacts? DiskOf(string folder)
    {
        // struct statvfs of 64-bit systems: nothing but 64-bit words
        var words = new ulong[32];
        if (!Environment.Is64BitProcess || Statvfs(folder, words) != 0)
        {
            return null;
        }

        var (unit, freeBlocks, files, freeFiles, flags) = (words[1], words[4], words[5], words[7], words[9]);
        return new DiskFacts((long)Math.Min(unit * freeBlocks, long.MaxValue), (long)files, (long)freeFiles, (flags & 1) != 0);
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint GetEffectiveUser();

    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    private static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);

    [DllImport("libc", EntryPoint = "statvfs", SetLastError = true)]
    private static extern int Statvfs([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [Out] ulong[] answer);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);
}
