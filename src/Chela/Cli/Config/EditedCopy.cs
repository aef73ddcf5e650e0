namespace Chela.Cli.Config;

/// <summary>A copy of the configuration that a person edits. It holds the secrets in the clear, so that nobody else may read it, and goes away unless it is kept.</summary>
internal sealed class EditedCopy : IDisposable
{
    private bool _kept;

    private EditedCopy(string path) => Path = path;

    /// <summary>Where it is; editors know by the ending what it holds.</summary>
    public string Path { get; }

    /// <summary>Makes a copy beside the file.</summary>
    public static EditedCopy Beside(string file, byte[] text)
    {
        var folder = System.IO.Path.GetDirectoryName(file)!; // a full path of a file has one
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.Combine(folder, $"{System.IO.Path.GetFileNameWithoutExtension(file)}.edited.{Environment.ProcessId}.json");
        using var stream = new FileStream(path, Options());
        stream.Write(text);
        return new EditedCopy(path);
    }

    /// <summary>What the person has written so far.</summary>
    public byte[] Read() => File.ReadAllBytes(Path);

    /// <summary>Has it stay.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        if (!_kept)
        {
            File.Delete(Path);
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
