using System.Text.Json.Nodes;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Lessons;

/// <summary>Who changes the gateway itself is an administrator.</summary>
[Trait("Requirement", "A2")]
public sealed class ConfigLessonTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    /// <summary>Those that are there, and those that may come; what is not there is no way around either.</summary>
    private static readonly string[] Writes = ["auth.rotate", "config.set", "config.patch", "config.apply", "config.reload", "update.run"];

    /// <summary>CVE-2026-25593.</summary>
    [Fact]
    public async Task Nobody_writes_the_configuration_without_logging_in_and_being_an_administrator()
    {
        var token = fixture.Gateway.Token;
        var (client, _) = await new TestDevice().ConnectAsync(
            fixture.Gateway, ("token", token), ["operator.write", "operator.pairing", "operator.approvals"]);
        await using var __ = client;
        await using var stranger = await fixture.Gateway.OpenSilentJsonRpcAsync();

        foreach (var method in Writes)
        {
            var raw = new JsonObject { ["raw"] = "{}", ["token"] = "a-token-of-my-own-making" };
            var answer = await client.CallAsync(method, (JsonObject)raw.DeepClone());
            var early = await stranger.CallRpcAsync(method, raw);

            Assert.Equal((method, "FORBIDDEN", "operator.admin"), (method, answer.Text("error/code"), answer.Text("error/details/missingScope")));
            Assert.Equal((method, "-32001"), (method, early.Text("error/code")));
        }

        Assert.Equal(token, fixture.Gateway.Token);
        Assert.False(File.Exists(Path.Combine(fixture.Gateway.StateDirectory, "chela.json")));
    }
}
