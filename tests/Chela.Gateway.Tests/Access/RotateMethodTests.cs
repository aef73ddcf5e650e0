using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>The token of a real gateway is replaced while clients are connected.</summary>
[Trait("Requirement", "A3")]
public sealed class RotateMethodTests : IAsyncLifetime
{
    private readonly TempFolder _home = new();
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task During_the_overlap_both_tokens_open_and_nobody_is_disconnected()
    {
        var old = _gateway.Token;
        await using var operatorClient = await _gateway.OpenOpenClawAsync();

        var answer = await operatorClient.CallAsync("auth.rotate");

        var made = answer.Text("payload/token")!;
        Assert.NotEqual(old, made);
        Assert.Equal(made, _gateway.Token);
        var overlap = answer.Find("payload/formerEndsAtMs")!.Value.GetInt64() - answer.Find("payload/rotatedAtMs")!.Value.GetInt64();
        Assert.InRange(overlap, 3_600_000, 3_660_000);
        Assert.Equal(("hello-ok", "hello-ok"), (await TryAsync(old), await TryAsync(made)));
        Assert.True((await operatorClient.CallAsync("status")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task The_overlap_survives_a_restart()
    {
        var old = _gateway.Token;
        await using (var operatorClient = await _gateway.OpenOpenClawAsync())
        {
            await operatorClient.CallAsync("auth.rotate");
        }

        _gateway.Kill();
        await _gateway.DisposeAsync();
        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));

        Assert.Equal(("hello-ok", "hello-ok"), (await TryAsync(old), await TryAsync(_gateway.Token)));
    }

    /// <summary>CVE-2026-45005, GHSA-68x5, GHSA-m8wm.</summary>
    [Fact]
    public async Task After_rotation_old_secrets_and_open_sockets_die_at_once()
    {
        var old = _gateway.Token;
        await using var openClaw = await _gateway.OpenOpenClawAsync();
        await using var jsonRpc = await _gateway.OpenJsonRpcAsync();
        await using var session = await WireClient.OpenAsync(_gateway.Url + "/session");
        await session.SendAsync($$$"""{"Connect":{"auth":"{{{old}}}"}}""");
        await session.ReceiveAsync();

        var answer = await openClaw.CallAsync("auth.rotate", new JsonObject { ["overlapMs"] = 0, ["token"] = "a-token-of-my-own-making" });

        Assert.Equal("a-token-of-my-own-making", answer.Text("payload/token"));
        foreach (var client in new[] { openClaw, jsonRpc, session })
        {
            Assert.Equal((4001, "gateway auth changed"), await client.ClosedAsync());
        }

        Assert.Equal(("AUTH_TOKEN_MISMATCH", "hello-ok"), (await TryAsync(old), await TryAsync("a-token-of-my-own-making")));
    }

    [Fact]
    public async Task When_the_overlap_ends_connections_of_the_old_token_are_closed_and_those_of_the_new_one_stay()
    {
        await using var before = await _gateway.OpenOpenClawAsync();
        var old = _gateway.Token;
        await before.SendAsync(OpenClawWire.Request("rotate", "auth.rotate", new JsonObject { ["overlapMs"] = 1 })); // it may end before the answer
        await Patience.UntilAsync(async _ => _gateway.Token is var token && await TryAsync(token) == "hello-ok" && token != old, "the new token is in force");
        await using var after = await _gateway.OpenOpenClawAsync();

        Assert.Equal(4001, (await before.ClosedAsync()).Code);
        Assert.True((await after.CallAsync("status")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task The_token_of_a_page_ends_with_the_secret_and_that_of_another_device_does_not()
    {
        var page = new TestDevice { Client = new TestClient { Id = "openclaw-control-ui", Mode = "webchat" } };
        var program = new TestDevice();
        var pageToken = await PairPageAsync(page);
        var programToken = (await ConnectAsync(program, ("token", _gateway.Token))).Text("payload/auth/deviceToken")!;
        Assert.Equal("device-token", (await ConnectAsync(page, ("deviceToken", pageToken))).Text("payload/auth/method"));
        await using var operatorClient = await _gateway.OpenOpenClawAsync();

        await operatorClient.CallAsync("auth.rotate", new JsonObject { ["overlapMs"] = 0 });

        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", (await ConnectAsync(page, ("deviceToken", pageToken))).Text("error/details/code"));
        Assert.Equal("hello-ok", (await ConnectAsync(program, ("deviceToken", programToken))).Text("payload/type"));
        var renewed = (await ConnectAsync(page, ("token", _gateway.Token))).Text("payload/auth/deviceToken")!;
        Assert.NotEqual(pageToken, renewed);
        Assert.Equal("hello-ok", (await ConnectAsync(page, ("deviceToken", renewed))).Text("payload/type"));
    }

    [Theory]
    [InlineData("undefined", "at /token: is a placeholder, not a secret")]
    [InlineData("", "at /token: is blank; remove it, or give a secret")]
    [InlineData("short", "at /token: is too short; a secret has at least 16 characters")]
    public async Task A_text_that_is_no_secret_is_refused_and_the_token_stays(string token, string fault)
    {
        var old = _gateway.Token;
        await using var client = await _gateway.OpenOpenClawAsync();

        var answer = await client.CallAsync("auth.rotate", new JsonObject { ["token"] = token });

        Assert.Equal($"invalid auth.rotate params: {fault}", answer.Text("error/message"));
        Assert.Equal(old, _gateway.Token);
    }

    [Fact]
    public async Task An_operator_without_admin_cannot_rotate()
    {
        var (client, _) = await new TestDevice().ConnectAsync(_gateway, ("token", _gateway.Token), ["operator.write"]);
        await using var __ = client;

        var answer = await client.CallAsync("auth.rotate");

        Assert.Equal("operator.admin", answer.Text("error/details/missingScope"));
    }

    [Fact]
    public async Task A_token_that_is_configured_is_refused_with_the_remedy()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(
            new GatewayStart(folder.Path) { Environment = [("CHELA_TOKEN", "0f8e1c7ab2d34956")] });
        await using var client = await gateway.OpenSilentJsonRpcAsync();
        await client.CallRpcAsync("auth.login", new JsonObject { ["token"] = "0f8e1c7ab2d34956" });

        var answer = await client.CallRpcAsync("auth.rotate");

        Assert.Contains("CHELA_TOKEN", answer.Text("error/message"), StringComparison.Ordinal);
    }

    private async Task<string> PairPageAsync(TestDevice page)
    {
        var waiting = await ConnectAsync(page, ("token", _gateway.Token));
        await using var operatorClient = await _gateway.OpenOpenClawAsync();
        await operatorClient.CallAsync("device.pair.approve", new JsonObject { ["requestId"] = waiting.Text("error/details/requestId") });
        return (await ConnectAsync(page, ("token", _gateway.Token))).Text("payload/auth/deviceToken")!;
    }

    private async Task<JsonElement> ConnectAsync(TestDevice device, (string, string) auth)
    {
        (string, string)[] headers = device.Client.Id == "openclaw-control-ui" ? [("Origin", "http://localhost:4711")] : [];
        var (client, answer) = await device.ConnectAsync(_gateway, auth, ["operator.read"], null, headers);
        await client.DisposeAsync();
        return answer;
    }

    private async Task<string> TryAsync(string token)
    {
        await using var client = await _gateway.OpenSilentOpenClawAsync();
        await client.SendAsync(OpenClawWire.Request("connect", "connect", OpenClawWire.ConnectParams(token)));
        JsonElement answer = await client.AnswerAsync("connect");
        return answer.Text("payload/type") ?? answer.Text("error/details/code")!;
    }
}
