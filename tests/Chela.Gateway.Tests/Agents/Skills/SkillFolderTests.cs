using Chela.Gateway.Agents.Skills;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Skills;

[Trait("Requirement", "G4")]
public sealed class SkillFolderTests : IDisposable
{
    private readonly TempFolder _workspace = new();

    [Fact]
    public void Skills_are_the_folders_with_such_a_file_by_their_names()
    {
        Write("zeta", """
            name: last
            description: "The\u2028last\a\n one."
            """);
        Write("alpha", "description: Without a name.");
        Directory.CreateDirectory(_workspace.File("skills/empty"));
        File.WriteAllText(_workspace.File("skills/SKILL.md"), "---\ndescription: no folder\n---\n");

        var skills = SkillFolder.Read(_workspace.Path, TestContext.Current.CancellationToken);

        Assert.Equal(
            [("alpha", "Without a name.", "skills/alpha/SKILL.md"), ("last", "The last one.", "skills/zeta/SKILL.md")],
            skills.Select(skill => (skill.Name, skill.Description, skill.Path)));
        Assert.All(skills, skill => Assert.Null(skill.Problem));
    }

    [Theory]
    [InlineData("name: x")]
    [InlineData("name: x\ndescription: ' '")]
    [InlineData("name: ''\ndescription: y")]
    [InlineData("name: [\n")]
    public void One_that_says_too_little_has_a_problem(string matter)
    {
        Write("odd", matter);

        Assert.NotNull(Assert.Single(Read()).Problem);
    }

    [Fact]
    public void One_that_says_too_much_has_a_problem_and_more_than_enough_are_not_looked_at()
    {
        Write("long-name", $"name: {new string('n', 65)}\ndescription: y");
        Write("long-text", $"name: x\ndescription: {new string('d', 1025)}");
        Write("long-head", $"name: x\ndescription: y\nmore: {new string('m', 20_000)}");
        Assert.All(Read(), skill => Assert.NotNull(skill.Problem));

        for (var number = 0; number < SkillFolder.MaxSkills; number++)
        {
            Write($"skill-{number}", "description: y");
        }

        Assert.Equal(SkillFolder.MaxSkills, Read().Count);
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public void Links_are_not_followed()
    {
        using var outside = new TempFolder();
        File.WriteAllText(outside.File("SKILL.md"), "---\ndescription: outside\n---\n");
        Directory.CreateDirectory(_workspace.File("skills/linked-file"));
        File.CreateSymbolicLink(_workspace.File("skills/linked-file/SKILL.md"), outside.File("SKILL.md"));
        Directory.CreateSymbolicLink(_workspace.File("skills/linked-folder"), outside.Path);

        Assert.Empty(Read());
        Directory.Delete(_workspace.File("skills"), recursive: true);
        Directory.CreateSymbolicLink(_workspace.File("skills"), outside.Path);
        Assert.Empty(Read());
    }

    [Fact]
    public void What_a_skill_lacks_is_what_is_not_here()
    {
        var needs = new SkillNeeds(["git", "gone"], ["gone", "git"], ["TOKEN"], [], ["plan9"]);

        var missing = needs.Missing(name => name == "git", "linux");

        Assert.Equal(["gone"], missing.Bins);
        Assert.Empty(missing.AnyBins);
        Assert.Equal(["TOKEN"], missing.Env);
        Assert.Equal(["plan9"], missing.Os);
        Assert.True((needs with { Bins = ["git"], Env = [], Os = ["linux"] }).Missing(name => name == "git", "linux").IsNothing);
    }

    [Theory]
    [InlineData(18_000, 100, null)]
    [InlineData(1_000, 23, "more: fs.list shows the folder skills.")]
    [InlineData(10, 0, null)]
    public void The_list_is_bounded(int max, int told, string? end)
    {
        Skill[] skills = [.. Enumerable.Range(100, 100).Select(number => new Skill($"s{number}", "does", $"s{number}", new SkillNeeds([], [], [], [], [])))];

        var text = SkillList.Text(skills, max);

        Assert.Equal(told == 0, text is null);
        Assert.Equal(told, text?.Split('\n').Count(line => line.Contains("SKILL.md]", StringComparison.Ordinal)) ?? 0);
        Assert.EndsWith(end ?? "", text ?? "", StringComparison.Ordinal);
        Assert.Null(SkillList.Text([], max));
    }

    public void Dispose() => _workspace.Dispose();

    private IReadOnlyList<Skill> Read() => SkillFolder.Read(_workspace.Path, TestContext.Current.CancellationToken);

    private void Write(string folder, string matter)
    {
        Directory.CreateDirectory(_workspace.File($"skills/{folder}"));
        File.WriteAllText(_workspace.File($"skills/{folder}/SKILL.md"), $"---\n{matter}\n---\n\nDo it.\n");
    }
}
