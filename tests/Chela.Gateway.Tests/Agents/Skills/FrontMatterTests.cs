using Chela.Gateway.Agents.Skills;

namespace Chela.Gateway.Tests.Agents.Skills;

[Trait("Requirement", "G4")]
public sealed class FrontMatterTests
{
    [Theory]
    [InlineData("name: git\ndescription: Works with git.", "git", "Works with git.")]
    [InlineData("name: 'a: b'\r\ndescription: >\r\n  two\r\n  lines\r", "a: b", "two lines\n")]
    [InlineData("description: |\n  one\nother: [1, {name: no}]\nname: \"late\"", "late", "one\n")]
    [InlineData("{\"name\": \"json\", \"description\": \"is yaml too\"}", "json", "is yaml too")]
    [InlineData("metadata: {name: inner}", null, null)]
    [InlineData("[name, git]", null, null)]
    [InlineData("name", null, null)]
    [InlineData("", null, null)]
    public void Values_are_found_under_their_paths(string yaml, string? name, string? description)
    {
        var matter = FrontMatter.Read($"---\n{yaml}\n---\nname: not here", out var problem)!;

        Assert.Equal("", problem);
        Assert.Equal((name, description), (matter.Value("name"), matter.Value("description")));
    }

    [Theory]
    [InlineData("metadata:\n  openclaw:\n    emoji: 🐢\n    requires:\n      bins: [git, rg]\n    os: linux")]
    [InlineData("metadata: {\"openclaw\": {\"emoji\": \"🐢\", \"requires\": {\"bins\": [\"git\", \"rg\"], \"env\": []}, \"os\": [\"linux\"]}}")]
    public void Lists_and_values_inside_of_others_are_found_too(string yaml)
    {
        var matter = FrontMatter.Read($"---\n{yaml}\n---\n", out _)!;

        Assert.Equal("🐢", matter.Value("metadata.openclaw.emoji"));
        Assert.Equal(["git", "rg"], matter.Values("metadata.openclaw.requires.bins"));
        Assert.Equal(["linux"], matter.Values("metadata.openclaw.os"));
        Assert.Empty(matter.Values("metadata.openclaw.requires.env"));
    }

    public static TheoryData<string> Hostile =>
    [
        "", "no front matter", "--- \nname: never ended", "---\nname: x\n ---\n", "---\na: &a [x]\nb: *a\n---\n", "---\nname: [\n---\n",
        $"---\nname: {new string('[', 17)}{new string(']', 17)}\n---\n", $"---\n{new string('[', 16_000)}\n---\n", $"---\n{new string('{', 16_000)}\n---\n",
        $"---\n{string.Concat(Enumerable.Repeat("- ", 8_000))}\n---\n", "---\n%YAML 9\n---\n---\n", "---\nname: \"\\x\"\n---\n",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_cannot_be_read_or_should_not_be_is_refused_with_a_reason(string text)
    {
        Assert.Null(FrontMatter.Read(text, out var problem));
        Assert.NotEmpty(problem);
    }
}
