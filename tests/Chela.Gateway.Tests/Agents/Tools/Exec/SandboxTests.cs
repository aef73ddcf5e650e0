using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Exec;
using Chela.Gateway.Config;

namespace Chela.Gateway.Tests.Agents.Tools.Exec;

[Trait("Requirement", "G3")]
public sealed class SandboxTests
{
    private static readonly string[] Command = ["/usr/bin/git", "status", "--short"];

    [Fact]
    public async Task A_command_is_wrapped_with_a_file_system_processes_and_a_network_of_its_own()
    {
        var wrapped = await WrapAsync(new ExecToolConfig());

        Assert.Equal("/usr/bin/bwrap", wrapped[0]);
        Assert.Equal(["--", .. Command], wrapped.TakeLast(4));
        Assert.Contains("--unshare-all", wrapped);
        Assert.Contains("--die-with-parent", wrapped);
        Assert.Contains("--new-session", wrapped);
        Assert.DoesNotContain("--share-net", wrapped);
    }

    [Fact]
    public async Task Only_the_workspace_can_be_written_and_it_is_bound_over_the_empty_folder_for_temporary_files()
    {
        var line = string.Join(' ', await WrapAsync(new ExecToolConfig()));

        Assert.Equal(2, line.Split(" --bind ").Length);
        Assert.Matches("--tmpfs /tmp .*--bind /tmp/work /tmp/work --chdir /tmp/work --", line);
        Assert.DoesNotMatch("-try (/etc|/home|/root|/var|/) ", line);
    }

    [Fact]
    public async Task The_network_is_shared_when_that_is_wanted() => Assert.Contains("--share-net", await WrapAsync(new ExecToolConfig { Network = true }));

    [Fact]
    public async Task Without_a_sandbox_a_command_gets_a_group_of_processes_of_its_own()
    {
        var wrapped = await WrapAsync(new ExecToolConfig { Sandbox = ExecToolConfig.Off });

        Assert.DoesNotContain("/usr/bin/bwrap", wrapped);
        Assert.Equal(Command, wrapped.TakeLast(3));
        Assert.EndsWith("/setsid", wrapped[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_sandbox_that_is_missing_refuses() =>
        await Assert.ThrowsAsync<ToolRefusal>(() => WrapAsync(new ExecToolConfig { Sandbox = ExecToolConfig.Required }, bubblewrap: null));

    private static Task<IReadOnlyList<string>> WrapAsync(ExecToolConfig settings, string? bubblewrap = "/usr/bin/bwrap") =>
        new Sandbox(_ => Task.FromResult(bubblewrap)).WrapAsync(Command, "/tmp/work", settings, TestContext.Current.CancellationToken);
}
