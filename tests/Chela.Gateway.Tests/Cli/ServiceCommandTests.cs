using Chela.Gateway.Tests.Support;
using Chela.Service;

namespace Chela.Gateway.Tests.Cli;

/// <summary>The gateway as a service, with a systemctl that only writes down what it is asked.</summary>
[Trait("Requirement", "O5")]
public sealed class ServiceCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Unit => Path.Combine(_folder.Path, "systemd", "user", ServiceUnit.Name);

    private string Asked => Path.Combine(_folder.Path, "asked");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Install_writes_the_unit_and_starts_it_and_uninstall_takes_it_away()
    {
        var installed = await RunAsync("install", "--port", "18790", "--state-dir", "/var/lib/a $b");
        var unit = await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken);
        var removed = await RunAsync("uninstall");

        Assert.Equal((0, 0), (installed.ExitCode, removed.ExitCode));
        Assert.Matches("ExecStart=\"[^\"]+chela\" \"gateway\" \"run\" \"--state-dir\" \"/var/lib/a \\$\\$b\" \"--port\" \"18790\"\n", unit);
        Assert.Contains("\nType=notify\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nRestartPreventExitStatus=78\n", unit, StringComparison.Ordinal);
        Assert.False(File.Exists(Unit));
        Assert.Equal(
            [
                "--user daemon-reload", "--user enable chela-gateway.service", "--user reset-failed chela-gateway.service", "--user restart chela-gateway.service",
                "--user disable --now chela-gateway.service", "--user daemon-reload",
            ],
            await File.ReadAllLinesAsync(Asked, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("start", 1, "chela gateway install")]
    [InlineData("stop", 69, "No gateway answers")]
    [InlineData("restart", 69, "No gateway answers")]
    public async Task The_service_is_started_and_stopped_where_there_is_one(string verb, int exit, string said)
    {
        var before = await RunAsync(verb);
        await RunAsync("install");
        var after = await RunAsync(verb);

        Assert.Equal(exit, before.ExitCode);
        Assert.Contains(said, before.Error, StringComparison.Ordinal);
        Assert.Equal(0, after.ExitCode);
        Assert.Equal($"--user {verb} chela-gateway.service", (await File.ReadAllLinesAsync(Asked, TestContext.Current.CancellationToken))[^1]);
    }

    [Fact]
    public async Task A_service_whose_file_is_refused_goes_on_and_is_not_restarted()
    {
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        await using var client = await gateway.OpenOpenClawAsync();
        await RunAsync("install", "--state-dir", gateway.StateDirectory);
        var asked = await File.ReadAllTextAsync(Asked, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(gateway.StateDirectory, "chela.json"), """{ "session": { "mainKey": 7 } }""", TestContext.Current.CancellationToken);
        await Patience.UntilAsync(async _ => (await client.CallAsync("config.status")).Text("payload/valid") == "false", "the file is refused");

        var refused = await RunAtAsync("", "restart");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("chela.json:1:27 session.mainKey: ", refused.Error, StringComparison.Ordinal);
        Assert.Equal(asked, await File.ReadAllTextAsync(Asked, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_unit_that_somebody_else_wrote_stays_unless_force_is_used()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Unit)!);
        await File.WriteAllTextAsync(Unit, "[Unit]\n", TestContext.Current.CancellationToken);

        var refused = await RunAsync("install");
        var kept = await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken);
        var forced = await RunAsync("install", "--force");

        Assert.Equal((1, 0), (refused.ExitCode, forced.ExitCode));
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal("[Unit]\n", kept);
    }

    [Fact]
    public async Task Print_shows_the_unit_and_changes_nothing()
    {
        var printed = await RunAsync("install", "--print");

        Assert.StartsWith(ServiceUnit.Mark, printed.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Unit) || File.Exists(Asked));
    }

    [Fact]
    public async Task What_systemd_refuses_is_told()
    {
        var refused = await RunAsync("install", "--state-dir", "/refuse");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("systemctl --user daemon-reload failed: no bus", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_systemd_the_remedy_is_told()
    {
        var refused = await ChelaProcess.RunAsync(["gateway", "install"], "", ("XDG_CONFIG_HOME", _folder.Path), ("PATH", "/nowhere"));

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("this machine has no systemctl", refused.Error, StringComparison.Ordinal);
    }

    private Task<Result> RunAsync(params string[] arguments) => RunAtAsync("ws://127.0.0.1:1", arguments);

    private async Task<Result> RunAtAsync(string url, params string[] arguments)
    {
        var bin = Directory.CreateDirectory(Path.Combine(_folder.Path, "bin")).FullName;
        var systemctl = Path.Combine(bin, "systemctl");
        await File.WriteAllTextAsync(
            systemctl, $"#!/bin/sh\ngrep -qs /refuse '{Unit}' && {{ echo 'no bus' >&2; exit 1; }}\necho \"$@\" >> '{Asked}'\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(systemctl, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return await ChelaProcess.RunAsync(["gateway", .. arguments], "", ("XDG_CONFIG_HOME", _folder.Path), ("PATH", $"{bin}:/usr/bin:/bin"), ("CHELA_URL", url));
    }
}
