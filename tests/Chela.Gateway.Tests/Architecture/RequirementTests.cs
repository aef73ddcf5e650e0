namespace Chela.Gateway.Tests.Architecture;

/// <summary>docs/requirements.md says what the traits of the tests say.</summary>
public sealed class RequirementTests
{
    private const string Page = "docs/requirements.md";

    private const string WriteSwitch = "CHELA_WRITE_DOCS";

    private static readonly string[] InteropExtensions = [".ts", ".mts", ".mjs", ".cjs", ".js"];

    [Fact]
    public void A_test_cites_only_requirements_that_exist() =>
        Rule.NothingIn(
            RequirementPage.Unknown(Requirement.All, AllCitations()),
            "The ids stand in tests/Chela.Gateway.Tests/Architecture/requirements.txt.");

    [Fact]
    public void The_page_of_requirements_is_what_the_tests_cite()
    {
        var path = Path.Combine(Repository.Root, Page);
        var text = RequirementPage.Write(Requirement.All, AllCitations());
        if (Environment.GetEnvironmentVariable(WriteSwitch) == "1")
        {
            File.WriteAllText(path, text);
        }

        var committed = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";

        Assert.True(committed == text, $"{Page} is out of date. Refresh it with: {WriteSwitch}=1 dotnet test");
    }

    [Fact]
    public void The_page_lists_each_requirement_with_its_tests()
    {
        Requirement[] requirements = [new("W1", "One port"), new("W2", "Two"), new("W3", "Three")];
        Citation[] citations =
        [
            new("W1", "Z.FrameTests", "B"), new("W1", "Z.FrameTests", "A"), new("W1", "interop/client.mjs"),
            new("W3", "Y", "A"), new("W3", "Y"),
        ];

        var page = RequirementPage.Write(requirements, citations);

        Assert.Contains("2 of 3 requirements", page, StringComparison.Ordinal);
        Assert.Contains("| W1 | One port | `Z.FrameTests`: A, B<br>`interop/client.mjs` | tested |\n", page, StringComparison.Ordinal);
        Assert.Contains("| W2 | Two |  | open |\n", page, StringComparison.Ordinal);
        Assert.Contains("| W3 | Three | `Y` | tested |\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_id_is_found() =>
        Assert.Equal(["Y: W99"], RequirementPage.Unknown([new("W9", "Nine")], [new("W9", "Y"), new("W99", "Y")]));

    [Fact]
    public void Traits_of_classes_and_methods_are_citations()
    {
        var found = Citations.InTypes([typeof(Sample)]);

        var place = "Architecture.RequirementTests+Sample";
        Assert.Equal([new Citation("first", place), new Citation("second", place, nameof(Sample.Shows_something))], found);
    }

    [Fact]
    public void A_header_line_of_an_interop_suite_is_a_citation()
    {
        var file = new SourceFile("tests/interop/client.mjs", "#!/usr/bin/env node\n// requirement: W5, W9\nimport 'ws';\n");

        Assert.Equal([new Citation("W5", "interop/client.mjs"), new Citation("W9", "interop/client.mjs")], Citations.InFile(file));
    }

    // The sample's own ids are no requirements: it is left out.
    private static List<Citation> AllCitations() =>
    [
        .. Citations.InTypes(typeof(RequirementTests).Assembly.GetTypes().Where(type => type != typeof(Sample))),
        .. Repository.Files(["tests/interop"], InteropExtensions).SelectMany(Citations.InFile),
    ];

    [Trait("Requirement", "first")]
    private static class Sample
    {
        [Trait("Requirement", "second")]
        [Trait("Other", "third")]
        public static void Shows_something()
        {
        }
    }
}
