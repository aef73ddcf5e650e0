using System.Text.RegularExpressions;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Docs;

/// <summary>The pages lead somewhere.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void A_link_leads_to_a_file_that_exists() =>
        Rule.NothingIn(Pages.All().SelectMany(Broken), "The path is taken from the folder of the page.");

    [Fact]
    public void A_link_to_nowhere_is_found_and_others_are_not()
    {
        var page = new SourceFile("docs/page.md", "[a](architecture.md#flow) [b](gone.md) [c](https://example.com/x) [d](#here)\n```text\n[e](no.md)\n```\n");

        Assert.Equal(["docs/page.md: gone.md"], Broken(page));
    }

    private static IEnumerable<string> Broken(SourceFile page) =>
        from Match link in Link().Matches(Pages.Prose(page))
        let target = link.Groups["target"].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains(':', StringComparison.Ordinal)
        let path = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path) ?? "", target))
        where !File.Exists(path) && !Directory.Exists(path)
        select $"{page.Path}: {target}";

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
