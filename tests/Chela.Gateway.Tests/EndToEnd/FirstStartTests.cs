using System.Diagnostics;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What a person meets who starts the gateway for the first time and does what it says.</summary>
[Trait("Requirement", "O5")]
[Trait("Requirement", "K11")]
public sealed class FirstStartTests
{
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task In_an_empty_home_the_gateway_starts_and_the_command_that_it_prints_works()
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { StateDirectory = null });

        var (exitCode, output, errors) = await ShellAsync(gateway.FirstChat, home.Path);

        Assert.Equal("Hello\n", output);
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Contains(gateway.TokenFile, gateway.Output.Text, StringComparison.Ordinal);
        Assert.Contains(home.File(".chela"), gateway.Output.Text, StringComparison.Ordinal);
        Assert.Equal("", gateway.Errors.Text);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with two spaces")]
    [InlineData("Bob's")]
    [InlineData("$HOME & \"more\" `ls` \\ ;")]
    public async Task The_command_works_wherever_the_state_directory_is(string name)
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { StateDirectory = home.File(name) });

        var (exitCode, output, errors) = await ShellAsync(gateway.FirstChat, home.Path);

        Assert.Equal("Hello\n", output);
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task The_command_works_in_another_terminal_when_a_variable_chose_the_state_directory()
    {
        using var home = new TempFolder();
        var start = new GatewayStart(home.Path) { StateDirectory = null, Environment = [("CHELA_STATE_DIR", home.File("elsewhere"))] };
        await using var gateway = await GatewayProcess.StartAsync(start);

        var (exitCode, output, _) = await ShellAsync(gateway.FirstChat, home.Path);

        Assert.Equal("Hello\n", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public async Task Nobody_else_may_read_what_the_gateway_writes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { StateDirectory = null });
        await using var client = await gateway.OpenOpenClawAsync();
        await client.SendChatAsync("main", "one", "hello");
        await client.ChatEndAsync("one");

        var root = new DirectoryInfo(gateway.StateDirectory);
        var directories = root.EnumerateDirectories("*", SearchOption.AllDirectories).Prepend(root);
        var files = root.EnumerateFiles("*", SearchOption.AllDirectories).ToList();

        Assert.All(directories, directory => Assert.Equal(OwnerReadsAndWrites | UnixFileMode.UserExecute, directory.UnixFileMode));
        Assert.All(files, file => Assert.Equal((file.FullName, OwnerReadsAndWrites), (file.FullName, file.UnixFileMode)));
        Assert.Contains(files, file => file.Name == "gateway.token");
        Assert.Contains(files, file => file.Extension == ".jsonl");
    }

    [Fact]
    public async Task The_token_and_the_conversation_outlive_an_orderly_restart()
    {
        using var home = new TempFolder();
        var start = new GatewayStart(home.Path) { StateDirectory = null };
        string token;
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            token = gateway.Token;
            await ShellAsync(gateway.FirstChat, home.Path);
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var client = await again.OpenOpenClawAsync();

        Assert.Equal(token, again.Token);
        Assert.True(token.Length >= 32);
        Assert.Equal(["user: Hello", "assistant (stop): Hello"], (await client.HistoryAsync("main")).Select(OpenClawWire.Line));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/healthz")]
    [InlineData("/ready")]
    [InlineData("/readyz")]
    public async Task The_probes_are_green_once_the_address_is_printed(string path)
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path));

        Assert.Equal(200, await gateway.ProbeAsync(path));
    }

    /// <summary>Runs a line as a person would who copied it into another terminal.</summary>
    private static async Task<(int ExitCode, string Output, string Errors)> ShellAsync(string command, string home)
    {
        using var patience = Patience.Begin();
        using var shell = Process.Start(GatewayProcess.Describe("/bin/sh", ["-c", command], home, []))!;
        var output = shell.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = shell.StandardError.ReadToEndAsync(patience.Token);
        await shell.WaitForExitAsync(patience.Token);
        return (shell.ExitCode, await output, await errors);
    }
}
