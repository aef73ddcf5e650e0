namespace Chela.Gateway.Config.Includes;

/// <summary>A file that the configuration includes, as it was read.</summary>
/// <param name="Name">What people call it: its path seen from the folder of the configuration.</param>
/// <param name="RealPath">Where it lies, all links followed.</param>
/// <param name="Content">What it holds; null where it cannot be used.</param>
/// <param name="Problem">Why it cannot be used.</param>
internal sealed record IncludedFile(string Name, string RealPath, byte[]? Content, string? Problem = null)
{
    /// <summary>True where the same was read.</summary>
    public bool IsSame(IncludedFile? other) =>
        other is not null && (RealPath, Problem) == (other.RealPath, other.Problem) && Content.AsSpan().SequenceEqual(other.Content);
}

/// <summary>What was read of the files that the configuration includes, by their full paths.</summary>
internal sealed class IncludedFiles(IReadOnlyDictionary<string, IncludedFile> files)
{
    public static IncludedFiles None { get; } = new(new Dictionary<string, IncludedFile>());

    public IEnumerable<string> Paths => files.Keys;

    public IEnumerable<IncludedFile> All => files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => file.Value);

    public IncludedFile? Find(string path) => files.GetValueOrDefault(path);

    /// <summary>The same files, and another one or another content of one.</summary>
    public IncludedFiles With(string path, IncludedFile file) =>
        new(new Dictionary<string, IncludedFile>(files, StringComparer.Ordinal) { [path] = file });

    /// <summary>True where all files are the same.</summary>
    public bool IsSame(IncludedFiles other) => files.Count == other.Paths.Count() && files.All(file => file.Value.IsSame(other.Find(file.Key)));
}
