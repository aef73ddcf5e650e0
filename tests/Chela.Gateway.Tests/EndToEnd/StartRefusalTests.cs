using System.Net;
using System.Net.Sockets;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A gateway that cannot start says why in one line and returns the documented exit code.</summary>
[Trait("Requirement", "O5")]
[Trait("Requirement", "K11")]
public sealed class StartRefusalTests
{
    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_second_gateway_on_the_same_state_directory_names_the_first_and_gives_up()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using var first = await GatewayProcess.StartAsync(start);

        var (exitCode, output, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Equal(78, exitCode);
        Assert.Contains($"process {first.Pid},", OneLine(errors), StringComparison.Ordinal);
        Assert.Contains(first.Url, errors, StringComparison.Ordinal);
        Assert.Equal("", output);
        await first.AssertAliveAsync();
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task What_a_killed_gateway_leaves_behind_does_not_keep_the_next_one_from_starting()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using (var first = await GatewayProcess.StartAsync(start))
        {
            first.Kill();
            await first.EndAsync();
            Assert.NotEqual(0, new FileInfo(Path.Combine(first.StateDirectory, "gateway.lock")).Length);
        }

        await using var second = await GatewayProcess.StartAsync(start);

        await second.AssertAliveAsync();
    }

    [Fact]
    [Trait("Requirement", "W1")]
    public async Task A_port_that_is_taken_is_named_in_one_line()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, output, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(folder.Path) { Port = port });

        Assert.Equal(69, exitCode);
        Assert.Contains($"port {port}", OneLine(errors), StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Theory]
    [InlineData("203.0.113.7", 69)]
    [InlineData("no-such-host.invalid", 69)]
    [Trait("Requirement", "A4")]
    public async Task An_address_that_is_not_here_is_named_in_one_line(string bind, int expected)
    {
        using var folder = new TempFolder();

        var (exitCode, output, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(folder.Path) { Arguments = ["--bind", bind] });

        Assert.Equal(expected, exitCode);
        Assert.Contains(bind, OneLine(errors), StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Fact]
    public async Task A_state_directory_that_cannot_be_made_is_named_in_one_line()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("file"), "not a directory", TestContext.Current.CancellationToken);
        var directory = Path.Combine(folder.File("file"), "state");

        var (exitCode, output, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(folder.Path) { StateDirectory = directory });

        Assert.Equal(73, exitCode);
        Assert.Contains(directory, OneLine(errors), StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("sessions")]
    public async Task A_file_where_a_directory_has_to_be_stops_the_start_and_not_the_first_message(string name)
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        await File.WriteAllTextAsync(Path.Combine(start.StateDirectory!, name), "", TestContext.Current.CancellationToken);

        var (exitCode, output, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Equal(73, exitCode);
        Assert.Contains(name, OneLine(errors), StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Fact]
    [Trait("Requirement", "K1")]
    public async Task All_problems_of_a_configuration_are_named_at_once_with_their_paths()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = [("CHELA_GATEWAY__TICKINTERVALMS", "1"), ("CHELA_TOKEN", "undefined")] };
        Directory.CreateDirectory(start.StateDirectory!);
        await File.WriteAllTextAsync(
            Path.Combine(start.StateDirectory!, "chela.json"),
            """
            {
              "gatway": {},
              "gateway": { "bind": 7, "limits": { "maxPayload": "many" } },
              "agents": { "defaults": { "timeoutSeconds": -1 } }
            }
            """,
            TestContext.Current.CancellationToken);

        var (exitCode, output, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Equal(78, exitCode);
        Assert.All(
            ["chela.json:2:3 gatway", "'gateway'", "gateway.bind", "gateway.limits.maxPayload", "agents.defaults.timeoutSeconds",
                "gateway.auth.token", "CHELA_GATEWAY__TICKINTERVALMS"],
            part => Assert.Contains(part, errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Fact]
    [Trait("Requirement", "K1")]
    public async Task A_main_key_that_no_session_can_have_is_refused_before_a_client_meets_it()
    {
        using var folder = new TempFolder();

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(
            new GatewayStart(folder.Path) { Environment = [("CHELA_SESSION__MAINKEY", "a b")] });

        Assert.Equal(78, exitCode);
        Assert.Contains("session.mainKey", OneLine(errors), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "K1")]
    public async Task A_configuration_that_is_not_json_is_refused_with_its_line_and_column()
    {
        using var folder = new TempFolder();
        var file = folder.File("broken.json");
        await File.WriteAllTextAsync(file, "{\n  \"gateway\": {,}\n}\n", TestContext.Current.CancellationToken);

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(folder.Path) { Arguments = ["--config", file] });

        Assert.Equal(78, exitCode);
        Assert.Contains("broken.json:2:15", OneLine(errors), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "K1")]
    public async Task A_configuration_that_was_named_and_is_not_there_is_refused()
    {
        using var folder = new TempFolder();
        var file = folder.File("absent.json");

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(folder.Path) { Arguments = ["--config", file] });

        Assert.Equal(78, exitCode);
        Assert.Contains(file, OneLine(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("undefined\n")]
    [Trait("Requirement", "A1")]
    public async Task A_token_file_without_a_token_is_refused_and_left_alone(string text)
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var file = Path.Combine(start.StateDirectory!, "gateway.token");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Equal(78, exitCode);
        Assert.Contains(file, OneLine(errors), StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    private static string OneLine(string errors)
    {
        Assert.DoesNotContain('\n', errors.TrimEnd());
        return errors;
    }
}
