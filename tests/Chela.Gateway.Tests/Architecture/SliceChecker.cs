using System.Text.RegularExpressions;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>Reads the arrows between slices out of sources and compares them with a table.</summary>
internal sealed partial class SliceChecker
{
    private const string Home = "src/Chela.Gateway/";

    private readonly SliceTable _table;
    private readonly List<(string Slice, SourceFile File)> _files;
    private readonly ILookup<string, string> _namesIn;

    public SliceChecker(SliceTable table, IEnumerable<SourceFile> files)
    {
        _table = table;
        _files = [.. files.Where(file => file.Path.StartsWith(Home, StringComparison.Ordinal)).Select(file => (SliceOf(file), file))];
        _namesIn = _files
            .SelectMany(entry => NamesOf(entry.File).Select(name => (entry.Slice, Name: name)))
            .Distinct()
            .ToLookup(entry => entry.Slice, entry => entry.Name);
    }

    /// <summary>Files that stand in no slice of the table.</summary>
    public IEnumerable<string> Homeless() =>
        _files.Where(entry => !_table.Slices.Contains(entry.Slice)).Select(entry => entry.File.Path);

    /// <summary>Each forbidden arrow with its file and line.</summary>
    public IEnumerable<string> Forbidden() =>
        _files.Where(entry => _table.Slices.Contains(entry.Slice)).SelectMany(entry => Forbidden(entry.Slice, entry.File)).Distinct();

    private IEnumerable<string> Forbidden(string from, SourceFile file)
    {
        var named = QualifiedName().Matches(file.Code)
            .Concat(RelativeName().Matches(file.Code)
                .Where(match => _namesIn[match.Groups["slice"].Value].Contains(match.Groups["name"].Value)))
            .Select(match => (To: match.Groups["slice"].Value, match.Index))
            .Where(reference => reference.To != from && _table.Slices.Contains(reference.To))
            .ToList();
        var forbidden = named
            .Where(reference => !_table.Allows(from, reference.To))
            .Select(reference => $"{file.At(reference.Index)}: {from} -> {reference.To} is not an arrow of the table");
        var limited = named.Select(reference => reference.To).Distinct().SelectMany(to => OutsideTheLimit(from, to, file));
        return forbidden.Concat(limited);
    }

    private IEnumerable<string> OutsideTheLimit(string from, string to, SourceFile file)
    {
        if (_table.OnlyTypes(from, to) is not { } admitted)
        {
            return [];
        }

        var refused = _namesIn[to].Except(admitted).Except(_namesIn[from]).ToHashSet();
        return Word().Matches(file.Code)
            .Where(word => refused.Contains(word.Value))
            .Select(word => $"{file.At(word.Index)}: {from} -> {to} admits only {string.Join(", ", admitted)}, not {word.Value}");
    }

    private static string SliceOf(SourceFile file) => file.Path[Home.Length..].Split('/') is [var slice, _, ..] ? slice : "";

    /// <summary>What can follow <c>Slice.</c> in code: the types of the file and the folders that it stands in.</summary>
    private static IEnumerable<string> NamesOf(SourceFile file) =>
        SourceRules.DeclaredTypes(file).Select(type => type.Name).Concat(file.Path[Home.Length..].Split('/').Skip(1).SkipLast(1));

    [GeneratedRegex(@"(?<![\w.])(global::)?(Chela\.)?Gateway\.(?<slice>\w+)")]
    private static partial Regex QualifiedName();

    // Inside namespace Chela.Gateway.X the compiler also finds Y.Type without its prefix.
    [GeneratedRegex(@"(?<![\w.])(?<slice>[A-Z]\w*)\.(?<name>[A-Z]\w*)")]
    private static partial Regex RelativeName();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*")]
    private static partial Regex Word();
}
