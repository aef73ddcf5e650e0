namespace Chela.Gateway.Config.Includes;

/// <summary>What a configuration is read from: the file and the files that it includes.</summary>
/// <param name="Text">The content of the file; null where there is none.</param>
internal sealed record ConfigContent(byte[]? Text, IncludedFiles Included)
{
    private static readonly byte[] Blanks = [.. " \t\r\n"u8];

    /// <summary>True where there is no file, or one that says nothing.</summary>
    public bool IsBlank => Text.AsSpan().Trim(Blanks).IsEmpty;

    /// <summary>True where every file holds the same.</summary>
    public bool IsSame(ConfigContent other) =>
        Text.AsSpan().SequenceEqual(other.Text) && (Text is null) == (other.Text is null) && Included.IsSame(other.Included);

    /// <summary>The settings of all files as they are written, each with its place.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public LayerValues Read(string path, List<ConfigProblem> problems) =>
        new IncludeExpansion(path, Included, problems).Expand(new ConfigText(Path.GetFileName(path), Text ?? []).Read(problems));
}
