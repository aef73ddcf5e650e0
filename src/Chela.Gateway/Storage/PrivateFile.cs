using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Storage;

/// <summary>Opens files that only their owner may read, and shares them, so that .NET's own locks do not stand in the way.</summary>
internal static class PrivateFile
{
    private const FileShare Everyone = FileShare.ReadWrite | FileShare.Delete;

    /// <summary>Creates a file that must not exist yet.</summary>
    public static SafeFileHandle CreateNew(string path) => Create(path, FileMode.CreateNew, Everyone);

    /// <summary>Creates a file or empties the one a crash left, and keeps a second writer of the same name out.</summary>
    public static SafeFileHandle CreateTemporary(string path) => Create(path, FileMode.Create, FileShare.None);

    public static SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, Everyone);

    public static SafeFileHandle OpenReadWrite(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Everyone);

    /// <summary>Copies a range of bytes in bounded memory.</summary>
    public static void Copy(SafeFileHandle from, long offset, SafeFileHandle to)
    {
        var buffer = new byte[64 * 1024];
        for (long written = 0; ;)
        {
            var read = RandomAccess.Read(from, buffer, offset + written);
            if (read == 0)
            {
                return;
            }

            RandomAccess.Write(to, buffer.AsSpan(0, read), written);
            written += read;
        }
    }

    private static SafeFileHandle Create(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(path, options).SafeFileHandle;
        }

        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var handle = new FileStream(path, options).SafeFileHandle;
        if (mode == FileMode.Create)
        {
            // One that was already there keeps its old mode otherwise.
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return handle;
    }
}
