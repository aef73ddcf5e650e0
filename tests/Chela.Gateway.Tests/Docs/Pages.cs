using System.Text.RegularExpressions;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Docs;

/// <summary>The pages written for people, cut into what the tests of this folder compare.</summary>
internal static partial class Pages
{
    /// <summary>The pages at the root that people start from, and everything in <c>docs</c>.</summary>
    public static IEnumerable<SourceFile> All() =>
        Repository.Files(["docs"], ".md").Concat(new[] { "README.md", "CONTRIBUTING.md" }.Select(Read));

    /// <summary>A page by its path from the root.</summary>
    public static SourceFile Read(string path) =>
        new(path, File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n"));

    /// <summary>The text without its listings, where brackets mean something else.</summary>
    public static string Prose(SourceFile page) => Listing().Replace(page.Text, "");

    /// <summary>The listings of a language, without their fences.</summary>
    public static IReadOnlyList<string> Listings(SourceFile page, string language) =>
        [.. Listing().Matches(page.Text).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["text"].Value)];

    /// <summary>The rows of the first table below a heading, cell by cell, without back ticks; its head is left out.</summary>
    public static IReadOnlyList<string[]> Table(SourceFile page, string heading)
    {
        var lines = page.Text.Split('\n').SkipWhile(line => line.TrimStart('#', ' ') != heading || !line.StartsWith('#'));
        var rows = lines.SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2);
        return [.. rows.Select(row => row.Trim('|').Split('|').Select(cell => cell.Trim().Replace("`", "", StringComparison.Ordinal)).ToArray())];
    }

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Listing();
}
