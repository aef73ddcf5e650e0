using Chela.Contracts.Sessions;
using Chela.Gateway.Agents;
using Chela.Gateway.Agents.Briefing;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Briefing;

[Trait("Requirement", "G4")]
public sealed class AgentBriefingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Files_are_told_in_their_order_and_those_that_are_missing_or_empty_are_passed_over()
    {
        Write("SOUL.md", "Be kind.\n");
        Write("AGENTS.md", "Work well.");
        Write("USER.md", "  \n");
        Write("OTHER.md", "Not told.");

        Assert.EndsWith("\n\n## AGENTS.md\n\nWork well.\n\n## SOUL.md\n\nBe kind.", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("USER.md", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("Not told.", Told(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_without_such_files_is_told_nothing_and_no_folder_is_made()
    {
        Assert.Empty(Told());
        Assert.False(Directory.Exists(_folder.File("main")));
    }

    [Theory]
    [InlineData("main", "AGENTS.md MEMORY.md TOOLS.md")]
    [InlineData("slack:direct:u1", "AGENTS.md MEMORY.md TOOLS.md")]
    [InlineData("slack:group:g1", "AGENTS.md TOOLS.md")]
    [InlineData("slack:channel:c1:thread:t1", "AGENTS.md TOOLS.md")]
    [InlineData("subagent:r1", "AGENTS.md TOOLS.md")]
    [Trait("Requirement", "G6")]
    public void What_is_remembered_of_a_person_is_not_told_among_others(string session, string expected)
    {
        string[] names = ["AGENTS.md", "MEMORY.md", "TOOLS.md"];
        Array.ForEach(names, name => Write(name, "text"));

        var told = Told(session: session);

        Assert.Equal(expected, string.Join(' ', names.Where(name => told.Contains($"## {name}\n", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_long_file_is_told_by_its_beginning_and_its_end_without_parting_a_character()
    {
        Write("AGENTS.md", "a" + string.Concat(Enumerable.Repeat("🐢", 1000)) + "z");

        var told = Told("""{"agents":{"defaults":{"bootstrapMaxChars":100}}}""");

        Assert.Contains("\na🐢", told, StringComparison.Ordinal);
        Assert.EndsWith("🐢z", told, StringComparison.Ordinal);
        Assert.Contains("characters are left out here; fs.read shows all of AGENTS.md.", told, StringComparison.Ordinal);
        Assert.InRange(told.Length, 100, 400);
        Assert.True(told.IsNormalized(), "half a character is no text");
    }

    [Theory]
    [InlineData("""{"agents":{"defaults":{"bootstrapTotalMaxChars":5000}}}""", 5000)]
    [InlineData("""{"agents":{"defaults":{"contextTokens":2000}}}""", 2000)]
    public void All_together_are_bounded_also_by_the_context(string config, int max)
    {
        foreach (var name in WorkspaceFiles.Names)
        {
            Write(name, new string('x', 4000));
        }

        Assert.InRange(Told(config).Count(letter => letter == 'x'), max - 200, max);
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public void What_is_no_text_of_the_workspace_is_not_told()
    {
        Write("secret.txt", "secret");
        Directory.CreateDirectory(_folder.File("main/SOUL.md"));
        File.CreateSymbolicLink(_folder.File("main/AGENTS.md"), _folder.File("main/secret.txt"));
        File.WriteAllBytes(_folder.File("main/USER.md"), [0xFF, 0x00]);

        Assert.EndsWith("## USER.md\n\n['USER.md' is no text in UTF-8.]", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("SOUL.md", Told(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(_folder.File("main"));
        File.WriteAllText(_folder.File($"main/{name}"), text);
    }

    private string Told(string? config = null, string session = "main")
    {
        var store = new ConfigStore(ConfigFixture.Load(config));
        return new AgentBriefing(new Workspaces(store, _folder.Path), store).Of(store.Current.Config.Agents.Of("main"), SessionKey.Of("main", session), TestContext.Current.CancellationToken);
    }
}
