using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Exec;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools.Exec;

[Trait("Requirement", "G3")]
public sealed class AllowedProgramsTests : IDisposable
{
    private readonly TempFolder _workspace = new();

    public AllowedProgramsTests()
    {
        File.WriteAllText(_workspace.File("ls"), "#!/bin/sh\necho mine\n");
        File.CreateSymbolicLink(_workspace.File("cat"), "/bin/sh");
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("cat")]
    public void A_name_means_the_program_of_the_system_whatever_the_workspace_has(string name) =>
        Assert.Matches($"^/(usr/)?bin/{name}$", AllowedPrograms.Find(name, ["ls", "cat"], _workspace.Path));

    [Theory]
    [InlineData("./ls")]
    [InlineData("../ls")]
    [InlineData("bin/ls")]
    [InlineData("/bin/./ls")]
    [InlineData("/usr/bin/../bin/ls")]
    [InlineData("//bin/ls")]
    [InlineData("/bin/ls")] // allowed by its name alone
    [InlineData("/tmp/ls")]
    [InlineData("LS")]
    [InlineData("ls ")]
    [InlineData("ls\0")]
    [InlineData("l*")]
    [InlineData("l?")]
    [InlineData("cat")]
    [InlineData("")]
    [InlineData("*")]
    public void Nothing_else_is_that_program(string program) =>
        Assert.Throws<ToolRefusal>(() => AllowedPrograms.Find(program, ["ls"], _workspace.Path));

    [Fact]
    public void Nothing_runs_where_nothing_is_allowed() => Assert.Throws<ToolRefusal>(() => AllowedPrograms.Find("ls", [], _workspace.Path));

    [Fact]
    public void A_program_in_the_workspace_is_not_run_even_when_it_was_allowed()
    {
        var (own, link) = (_workspace.File("ls"), Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")));
        File.CreateSymbolicLink(link, own);
        try
        {
            Assert.Throws<ToolRefusal>(() => AllowedPrograms.Find(own, [own], _workspace.Path));
            Assert.Throws<ToolRefusal>(() => AllowedPrograms.Find(link, [link], _workspace.Path));
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public void A_program_that_is_not_there_is_refused() =>
        Assert.Contains("not installed", Assert.Throws<ToolRefusal>(() => AllowedPrograms.Find("no-such", ["no-such"], _workspace.Path)).Message, StringComparison.Ordinal);

    public void Dispose() => _workspace.Dispose();
}
