namespace Chela.Gateway.Storage;

/// <summary>Directories that only their owner may enter, and whose entries survive a power cut once flushed.</summary>
internal static class PrivateFolder
{
    /// <summary>Makes the directory and its missing parents with mode 0700; leaves the mode of existing ones alone.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is not null)
        {
            Create(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (parent is not null)
        {
            Flush(parent);
        }
    }

    /// <summary>Makes created, renamed and deleted entries durable. Windows keeps its own journal of them and has no such call.</summary>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = Posix.Open(path, Posix.ReadOnly);
        RandomAccess.FlushToDisk(handle);
    }
}
