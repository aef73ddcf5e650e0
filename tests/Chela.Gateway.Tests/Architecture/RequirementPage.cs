using System.Text;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>One thing that Chela is asked to do.</summary>
/// <param name="Id">Stable; what tests cite.</param>
/// <param name="Text">A few words.</param>
internal sealed record Requirement(string Id, string Text)
{
    /// <summary>The requirements of this folder's data file, in its order.</summary>
    public static IReadOnlyList<Requirement> All { get; } =
        [.. DataFile.Rows("requirements.txt").Select(row => row.Split(" | ", 2)).Select(row => new Requirement(row[0], row[1]))];
}

/// <summary>A test, or a class of tests, that cites a requirement.</summary>
/// <param name="Id">The requirement cited.</param>
/// <param name="Place">The test class or, for the suites that are no .NET code, the file.</param>
/// <param name="Test">The test; null where the whole place cites the requirement.</param>
internal sealed record Citation(string Id, string Place, string? Test = null);

/// <summary>The page that says which test shows which requirement.</summary>
internal static class RequirementPage
{
    /// <summary>Citations of requirements that do not exist.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<Requirement> requirements, IEnumerable<Citation> citations)
    {
        var known = requirements.Select(requirement => requirement.Id).ToHashSet();
        return citations.Where(citation => !known.Contains(citation.Id)).Select(citation => $"{citation.Place}: {citation.Id}");
    }

    /// <summary>The page as Markdown; the same for the same input.</summary>
    public static string Write(IReadOnlyList<Requirement> requirements, IEnumerable<Citation> citations)
    {
        var byId = citations.ToLookup(citation => citation.Id);
        var page = new StringBuilder();
        page.Append("# Requirements and their tests\n\n");
        page.Append("Written by the test run from the traits of the tests; do not edit. `CONTRIBUTING.md` says how to refresh it.\n\n");
        var tested = requirements.Count(requirement => byId[requirement.Id].Any());
        page.Append($"{tested} of {requirements.Count} requirements have a test.\n\n");
        page.Append("| id | requirement | tests | status |\n| --- | --- | --- | --- |\n");
        foreach (var requirement in requirements)
        {
            var tests = Tests(byId[requirement.Id]);
            page.Append($"| {requirement.Id} | {requirement.Text} | {tests} | {(tests.Length > 0 ? "tested" : "open")} |\n");
        }

        return page.ToString();
    }

    private static string Tests(IEnumerable<Citation> citations) =>
        string.Join("<br>", citations.GroupBy(one => one.Place).OrderBy(place => place.Key, StringComparer.Ordinal).Select(Tests));

    private static string Tests(IGrouping<string, Citation> place)
    {
        // A class that cites a requirement as a whole needs no list of its methods.
        var tests = place.Any(citation => citation.Test is null)
            ? []
            : place.Select(citation => citation.Test!).Distinct().Order(StringComparer.Ordinal).ToArray();
        return $"`{place.Key}`{(tests.Length > 0 ? ": " : "")}{string.Join(", ", tests)}";
    }
}
