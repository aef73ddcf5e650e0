using System.Text.RegularExpressions;

namespace Chela.Gateway.Tests.Docs;

/// <summary>The listings of a guide are code that compiles and is tested.</summary>
public sealed partial class GuideTests
{
    [Theory]
    [InlineData("docs/guides/add-a-method.md", "tests/Chela.Gateway.Tests/Docs/AddAMethodGuide.cs")]
    [InlineData("docs/guides/plugin.md", "samples/HelloPlugin/Hello.cs", "samples/HelloPlugin/LineChannel.cs")]
    public void The_listings_are_the_marked_parts_of_source_files(string guide, params string[] sources)
    {
        var parts = sources.SelectMany(source => Part().Matches(Pages.Read(source).Text)).Select(match => match.Groups["text"].Value.TrimEnd() + "\n").ToList();

        Assert.NotEmpty(parts);
        Assert.Equal(parts, Pages.Listings(Pages.Read(guide), "csharp"));
    }

    [GeneratedRegex(@"^ *// guide: begin\n(?<text>.*?)^ *// guide: end$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Part();
}
