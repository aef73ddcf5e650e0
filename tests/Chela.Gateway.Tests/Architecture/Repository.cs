namespace Chela.Gateway.Tests.Architecture;

/// <summary>The checked-out repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "dist", "artifacts", "TestResults"];

    /// <summary>The folder that holds <c>chela.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The files with one of the extensions (dot included) in the folders named, generated and installed ones left out.</summary>
    public static IEnumerable<SourceFile> Files(string[] folders, params string[] extensions) =>
        from folder in folders
        let start = Path.Combine(Root, folder)
        where Directory.Exists(start)
        from path in FilesBelow(start)
        where extensions.Contains(Path.GetExtension(path))
        orderby path
        select new SourceFile(Relative(path), File.ReadAllText(path));

    /// <summary>Every folder below the folders named, as a path from the root.</summary>
    public static IEnumerable<string> Folders(params string[] folders) =>
        from folder in folders
        let start = Path.Combine(Root, folder)
        where Directory.Exists(start)
        from path in FoldersBelow(start)
        select Relative(path);

    private static IEnumerable<string> FilesBelow(string start) =>
        FoldersBelow(start).Prepend(start).SelectMany(Directory.EnumerateFiles);

    private static IEnumerable<string> FoldersBelow(string start) =>
        Directory.EnumerateDirectories(start)
            .Where(path => !NotOurs.Contains(Path.GetFileName(path)))
            .SelectMany(path => FoldersBelow(path).Prepend(path));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "chela.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from inside the repository: no chela.slnx above " + AppContext.BaseDirectory);
    }
}

/// <summary>One file of the repository.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
/// <param name="Text">The whole text.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<string> _code = new(() => CSharpText.CodeOnly(Text));

    /// <summary>The text with comments and literals blanked; every character keeps its line.</summary>
    public string Code => _code.Value;

    /// <summary>How many lines the file has.</summary>
    public int LineCount => Text.Count(c => c == '\n') + (Text is "" or [.., '\n'] ? 0 : 1);

    /// <summary>The file's place as compilers print it.</summary>
    public string At(int index) => $"{Path}:{Text.AsSpan(0, index).Count('\n') + 1}";
}
