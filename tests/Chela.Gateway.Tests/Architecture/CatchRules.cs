using System.Text.RegularExpressions;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>Everything is caught at few boundaries, each with its reason written down.</summary>
internal static partial class CatchRules
{
    /// <summary>Places that catch everything (or silence the analyzer that forbids it) without being a boundary that says why.</summary>
    /// <param name="file">The source.</param>
    /// <param name="boundaries">Files, or folders ending in a slash whose own files (not those of folders below) may be boundaries.</param>
    public static IEnumerable<string> Unjustified(SourceFile file, IReadOnlyCollection<string> boundaries)
    {
        var catches = CatchClause().Matches(file.Code)
            .Where(match => !match.Groups["filter"].Success && !PassesOn(file.Code, match.Index + match.Length))
            .Select(match => match.Index);
        var suppressions = Suppression().Matches(file.Text).ToList();
        var places = catches.Concat(suppressions.Select(match => match.Index)).Order().ToList();
        if (places.Count == 0)
        {
            return [];
        }

        var folder = file.Path[..(file.Path.LastIndexOf('/') + 1)];
        if (!boundaries.Contains(file.Path) && !boundaries.Contains(folder))
        {
            return places.Select(at => $"{file.At(at)}: catches everything, and the file is no boundary");
        }

        return suppressions.Any(match => match.Groups["reason"].Success)
            ? []
            : places.Select(at => $"{file.At(at)}: catches everything without a CA1031 suppression that gives its justification");
    }

    /// <summary>Whether the block that begins here throws again what it caught, or ends by throwing what that means.</summary>
    private static bool PassesOn(string code, int brace)
    {
        var depth = 1;
        var end = brace;
        while (end < code.Length && depth > 0)
        {
            depth += code[end] switch { '{' => 1, '}' => -1, _ => 0 };
            end++;
        }

        return Throw().IsMatch(code[brace..end]);
    }

    // A filter is no catch-all: the analyzer says the same.
    [GeneratedRegex(@"\bcatch\b\s*(\(\s*(System\.)?Exception\b[^)]*\)\s*(?<filter>when\b)?[^{]*)?\{")]
    private static partial Regex CatchClause();

    [GeneratedRegex(
        @"pragma warning disable CA1031(?<reason>\s*//\s*\w.*)?|"
        + @"SuppressMessage\([^\]]*CA1031[^\]]*?(?<reason>Justification\s*=\s*""\w[^""]*"")?[^\]""]*\]")]
    private static partial Regex Suppression();

    [GeneratedRegex(@"\bthrow\s*;|\bthrow\b[^;]*;\s*\}$")]
    private static partial Regex Throw();
}
