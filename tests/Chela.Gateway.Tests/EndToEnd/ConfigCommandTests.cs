using System.Text.Json;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A running gateway takes in what the command line writes.</summary>
[Trait("Requirement", "O5")]
[Trait("Requirement", "K3")]
public sealed class ConfigCommandTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task What_the_command_line_sets_is_in_force_in_a_running_gateway()
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        var set = await RunAsync("set", "session.mainKey", "two", "--json");
        var changed = await client.ReceiveAsync(frame => frame.Text("event") == "config.changed");
        await RunAsync("set", "gateway.reload.mode", "hot"); // or it would restart before anybody can look
        await RunAsync("set", "gateway.events.replayMs", "1000");
        var differences = await RunAsync("diff", "running", "--json");

        Assert.Equal("at-once", JsonElement.Parse(set.Output).Text("settings/2/inForce"));
        Assert.Contains("session.mainKey", changed.List("payload/changedPaths").Select(path => path.GetString()));
        Assert.Contains("gateway.events.replayMs", differences.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("mainKey", differences.Output, StringComparison.Ordinal);
    }

    private Task<Result> RunAsync(params string[] command) =>
        ChelaProcess.RunAsync(["config", .. command, "--state-dir", fixture.Gateway.StateDirectory]);
}
