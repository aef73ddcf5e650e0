using System.Text.RegularExpressions;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>The rules about the shape of a source file. Each returns the places that break it.</summary>
internal static partial class SourceRules
{
    /// <summary>No file is longer.</summary>
    public const int LineLimit = 300;

    private static readonly string[] VagueFolderNames = ["Services", "Models", "Interfaces", "Core", "Common", "Helpers", "Utils"];

    /// <summary>Files over the limit, and entries of the ratchet list that say more than the file needs.</summary>
    /// <param name="files">The sources.</param>
    /// <param name="ratchet">For each file that was let in too long, its exact length.</param>
    public static IEnumerable<string> TooLong(IReadOnlyCollection<SourceFile> files, IReadOnlyDictionary<string, int> ratchet)
    {
        var grown = files
            .Where(file => file.LineCount > ratchet.GetValueOrDefault(file.Path, LineLimit))
            .Select(file => $"{file.Path}: {file.LineCount} lines");
        var lengths = files.ToDictionary(file => file.Path, file => file.LineCount);
        var slack = ratchet
            .Select(entry => (Path: entry.Key, Listed: entry.Value, Now: lengths.GetValueOrDefault(entry.Key)))
            .Where(entry => entry.Now <= LineLimit || entry.Now < entry.Listed)
            .Select(entry => $"{entry.Path}: the list says {entry.Listed}, the file has {entry.Now}; shrink the list");
        return grown.Concat(slack);
    }

    /// <summary>Types named for no thing in particular.</summary>
    public static IEnumerable<string> VagueNames(SourceFile file) =>
        DeclaredTypes(file).Where(type => VagueName().IsMatch(type.Name)).Select(type => $"{file.At(type.Index)}: {type.Name}");

    /// <summary>Folders named for a layer and not for a feature.</summary>
    public static IEnumerable<string> VagueFolders(IEnumerable<string> folders) =>
        folders.Where(folder => VagueFolderNames.Contains(folder.Split('/')[^1], StringComparer.OrdinalIgnoreCase));

    /// <summary>Methods whose failure nobody can observe.</summary>
    public static IEnumerable<string> AsyncVoid(SourceFile file) =>
        AsyncVoidMethod().Matches(file.Code).Select(match => $"{file.At(match.Index)}: async void");

    /// <summary>Namespaces that are not the file's folder.</summary>
    /// <param name="file">The source.</param>
    /// <param name="projects">Paths of the project files; the nearest above the file gives the root namespace.</param>
    public static IEnumerable<string> StrayNamespaces(SourceFile file, IEnumerable<string> projects)
    {
        var project = projects
            .Where(path => file.Path.StartsWith(FolderOf(path) + "/", StringComparison.Ordinal))
            .MaxBy(path => path.Length);
        if (project is null)
        {
            return [];
        }

        var below = FolderOf(file.Path)[FolderOf(project).Length..].Replace('/', '.');
        var expected = Path.GetFileNameWithoutExtension(project) + below;
        return NamespaceDeclaration().Matches(file.Code)
            .Where(match => match.Groups["name"].Value != expected)
            .Select(match => $"{file.At(match.Groups["name"].Index)}: namespace {match.Groups["name"].Value}, expected {expected}");
    }

    /// <summary>Entries of the log whose event id another entry has too.</summary>
    public static IEnumerable<string> SharedEventIds(IEnumerable<SourceFile> files) =>
        from entry in files.SelectMany(file => EventId().Matches(file.Code), (file, match) => (Id: match.Groups["id"].Value, At: file.At(match.Index)))
        group entry.At by entry.Id into same
        where same.Count() > 1
        select $"{string.Join(" and ", same)}: {same.Key}";

    /// <summary>The types that a file declares.</summary>
    public static IEnumerable<(string Name, int Index)> DeclaredTypes(SourceFile file) =>
        TypeDeclaration().Matches(file.Code).Select(match => (match.Groups["name"].Value, match.Index));

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(?!class\b|struct\b)(?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities|Processor|Impl)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"\bLoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoidMethod();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();
}
