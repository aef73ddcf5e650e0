using System.Xml.Linq;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>The arrows of docs/architecture.md, held by the sources.</summary>
public sealed class SliceArrowTests
{
    private static readonly SliceTable Table = SliceTable.Parse(SliceTable.Chela);

    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Chela.Contracts"] = [],
        ["Chela.Client"] = ["Chela.Contracts"],
        ["Chela.Gateway"] = ["Chela.Contracts"],
        ["Chela"] = ["Chela.Client", "Chela.Contracts", "Chela.Gateway"],
    };

    [Fact]
    public void No_slice_names_another_against_the_table() =>
        Rule.NothingIn(Gateway().Forbidden(), "The table of arrows:\n" + Table.Text);

    [Fact]
    public void Every_file_of_the_gateway_stands_in_a_slice_of_the_table() =>
        Rule.NothingIn(
            Gateway().Homeless(),
            "Put the file into one of these folders, or the folder into the table of arrows:\n" + Table.Text);

    [Fact]
    public void The_page_about_the_architecture_shows_the_same_table() =>
        Assert.Contains(
            Table.Text,
            File.ReadAllText(Path.Combine(Repository.Root, "docs/architecture.md")).ReplaceLineEndings("\n"),
            StringComparison.Ordinal);

    [Fact]
    public void The_table_has_no_circle()
    {
        var done = new HashSet<string>();
        bool IsNext(string slice) => !done.Contains(slice) && Table.Slices.All(to => done.Contains(to) || !Table.Allows(slice, to));
        while (Table.Slices.FirstOrDefault(IsNext) is { } next)
        {
            done.Add(next);
        }

        Rule.NothingIn(Table.Slices.Except(done), "These slices name each other in a circle, or name one that does.");
    }

    [Fact]
    public void Projects_reference_only_those_below_them()
    {
        var references =
            from file in Repository.Files(["src"], ".csproj")
            let project = Path.GetFileNameWithoutExtension(file.Path)
            from reference in XDocument.Parse(file.Text).Descendants("ProjectReference")
            let target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
            where !Projects.GetValueOrDefault(project, []).Contains(target)
            select $"{file.Path}: {project} -> {target}";

        Rule.NothingIn(references, "Allowed: " + string.Join("; ", Projects.Select(p => $"{p.Key} -> {string.Join(' ', p.Value)}")));
    }

    [Fact]
    public void The_gateway_has_no_usings_that_its_files_do_not_show() =>
        Rule.NothingIn(
            from file in Repository.Files(["src/Chela.Gateway"], ".csproj")
            where file.Text.Contains("<Using ", StringComparison.Ordinal)
            select file.Path,
            "A project-wide using hides arrows from the reader and from the test.");

    [Theory]
    [InlineData("using Chela.Gateway.Agents;")]
    [InlineData("using static Chela.Gateway.Agents.Run;")]
    [InlineData("using Turn = Chela.Gateway.Agents.Run;")]
    [InlineData("var run = global::Chela.Gateway.Agents.Run.Start();")]
    [InlineData("var run = Gateway.Agents.Run.Start();")]
    [InlineData("var run = Agents.Run.Start();")]
    public void A_forbidden_arrow_is_told_with_its_file_and_line(string line)
    {
        var found = Check(
            ("Bus/Lane.cs", "// first line\n" + line),
            ("Agents/Run.cs", "namespace Chela.Gateway.Agents; public sealed class Run;"));

        Assert.Equal(["src/Chela.Gateway/Bus/Lane.cs:2: Bus -> Agents is not an arrow of the table"], found);
    }

    [Theory]
    [InlineData("// using Chela.Gateway.Agents;")]
    [InlineData("var name = \"Chela.Gateway.Agents\";")]
    [InlineData("var count = Agents.Count;")]
    [InlineData("using Chela.Gateway.Bus; using Chela.Gateway.Storage; using Chela.Gateway.Telemetry; using Chela.Contracts.Errors;")]
    public void What_is_allowed_or_is_not_code_draws_no_forbidden_arrow(string line)
    {
        var found = Check(("Bus/Lane.cs", line), ("Agents/Run.cs", "public sealed class Run;"));

        Assert.Empty(found);
    }

    [Fact]
    public void An_arrow_limited_to_some_types_admits_only_those()
    {
        var found = Check(
            ("Connections/Pump.cs", "using Chela.Gateway.Sessions;\nSessionKey key;\nTranscript transcript;"),
            ("Sessions/Transcript.cs", "sealed class Transcript; readonly record struct SessionKey(string Text);"));

        Assert.Equal(["src/Chela.Gateway/Connections/Pump.cs:3: Connections -> Sessions admits only SessionKey, not Transcript"], found);
    }

    [Fact]
    public void A_file_outside_the_slices_is_found()
    {
        var checker = new SliceChecker(Table, [new("src/Chela.Gateway/Stray.cs", ""), new("src/Chela.Gateway/Unheard/Of.cs", "")]);

        Assert.Equal(["src/Chela.Gateway/Stray.cs", "src/Chela.Gateway/Unheard/Of.cs"], checker.Homeless());
    }

    private static SliceChecker Gateway() => new(Table, Repository.Files(["src/Chela.Gateway"], ".cs"));

    private static IEnumerable<string> Check(params (string Path, string Text)[] files) =>
        new SliceChecker(Table, files.Select(file => new SourceFile("src/Chela.Gateway/" + file.Path, file.Text))).Forbidden();
}
