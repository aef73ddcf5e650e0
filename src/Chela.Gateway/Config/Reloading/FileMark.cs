namespace Chela.Gateway.Config.Reloading;

/// <summary>What can be seen of a file without reading it. Almost every change gives it another mark.</summary>
internal readonly record struct FileMark(long Length, DateTime WrittenAt, string Target)
{
    /// <summary>The mark of a file, at the end of links that lead there; null where there is none.</summary>
    public static FileMark? Of(string path)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            return new FileInfo(target) is { Exists: true } file ? new FileMark(file.Length, file.LastWriteTimeUtc, target) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // also when it goes away while it is looked at
        }
    }
}
