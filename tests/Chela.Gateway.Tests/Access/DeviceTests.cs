using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>Devices connect to the real gateway: proof, pairing, their own token, and its end.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "A1")]
[Trait("Requirement", "A2")]
public sealed class DeviceTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly string[] Read = ["operator.read"];
    private static readonly (string, string) FromAPage = ("Origin", "http://127.0.0.1:1");

    private readonly GatewayProcess _gateway = fixture.Gateway;

    private (string, string) Secret => ("token", _gateway.Token);

    [Fact]
    public async Task A_local_device_with_the_secret_is_paired_silently_and_comes_again_with_its_own_token()
    {
        var device = new TestDevice();

        var (first, hello) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var _ = first;
        var token = hello.Text("payload/auth/deviceToken")!;
        var (again, answer) = await device.ConnectAsync(_gateway, ("deviceToken", token), Read);
        await using var __ = again;

        Assert.Equal("hello-ok", answer.Text("payload/type"));
        Assert.Equal(Read, answer.List("payload/auth/scopes").Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task A_device_that_is_paired_and_its_token_survive_a_restart()
    {
        using var home = new TempFolder();
        var device = new TestDevice();
        string token;
        await using (var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path)))
        {
            var (first, hello) = await device.ConnectAsync(gateway, ("token", gateway.Token), Read);
            await first.DisposeAsync();
            token = hello.Text("payload/auth/deviceToken")!;
        }

        await using var next = await GatewayProcess.StartAsync(new GatewayStart(home.Path));
        var (again, answer) = await device.ConnectAsync(next, ("deviceToken", token), Read);
        await using var _ = again;

        Assert.Equal("hello-ok", answer.Text("payload/type"));
    }

    /// <summary>Knowing a token is no proof: the key is.</summary>
    [Fact]
    public async Task A_valid_token_with_a_bad_signature_is_refused()
    {
        var (client, answer) = await new TestDevice().ConnectAsync(
            _gateway, Secret, Read, connect => connect["device"]!["signature"] = new string('A', 86));
        await using var _ = client;

        Assert.Equal("DEVICE_AUTH_SIGNATURE_INVALID", answer.Text("error/details/code"));
        Assert.Equal(1008, (await client.ClosedAsync()).Code);
    }

    [Fact]
    public async Task Scopes_that_were_not_signed_are_not_granted()
    {
        var (client, answer) = await new TestDevice().ConnectAsync(
            _gateway, Secret, Read, connect => connect["scopes"] = new JsonArray("operator.admin"));
        await using var _ = client;

        Assert.Equal("DEVICE_AUTH_SIGNATURE_INVALID", answer.Text("error/details/code"));
    }

    [Fact]
    public async Task A_token_does_not_open_more_than_it_was_given_for()
    {
        var device = new TestDevice();
        var (first, hello) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var _ = first;

        var (client, answer) = await device.ConnectAsync(
            _gateway, ("deviceToken", hello.Text("payload/auth/deviceToken")!), ["operator.admin"]);
        await using var __ = client;

        Assert.Equal("AUTH_SCOPE_MISMATCH", answer.Text("error/details/code"));
    }

    [Fact]
    public async Task Another_device_cannot_use_the_token()
    {
        var (first, hello) = await new TestDevice().ConnectAsync(_gateway, Secret, Read);
        await using var _ = first;

        var (client, answer) = await new TestDevice().ConnectAsync(_gateway, ("deviceToken", hello.Text("payload/auth/deviceToken")!), Read);
        await using var __ = client;

        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", answer.Text("error/details/code"));
    }

    /// <summary>A page that the user visits reaches loopback too; it must not pair itself.</summary>
    [Fact]
    public async Task A_browser_page_waits_for_approval_even_with_the_secret_and_gets_in_when_an_operator_approves()
    {
        var device = new TestDevice();
        await using var operatorClient = await OperatorAsync();

        var (refused, waiting) = await device.ConnectAsync(_gateway, Secret, Read, null, FromAPage);
        await using var _ = refused;
        var requested = await operatorClient.ReceiveAsync(frame => frame.Text("event") == "device.pair.requested");
        var approved = await operatorClient.CallAsync("device.pair.approve", new JsonObject { ["requestId"] = requested.Text("payload/requestId") });
        var (client, answer) = await device.ConnectAsync(_gateway, Secret, Read, null, FromAPage);
        await using var __ = client;

        Assert.Equal("not-paired", waiting.Text("error/details/reason"));
        Assert.Equal(requested.Text("payload/requestId"), waiting.Text("error/details/requestId"));
        Assert.Equal(device.Id, approved.Text("payload/device/deviceId"));
        Assert.Equal("hello-ok", answer.Text("payload/type"));
    }

    [Fact]
    public async Task The_same_request_keeps_its_id_and_a_changed_one_takes_its_place()
    {
        var device = new TestDevice();

        var first = await WaitingAsync(device, Read);
        var same = await WaitingAsync(device, Read);
        var changed = await WaitingAsync(device, ["operator.write"]);

        Assert.Equal(first, same);
        Assert.NotEqual(first, changed);
    }

    [Fact]
    public async Task Nobody_can_approve_more_than_he_holds()
    {
        var request = await WaitingAsync(new TestDevice(), ["operator.admin"]);
        var (pairer, _) = await new TestDevice().ConnectAsync(_gateway, Secret, ["operator.pairing"]);
        await using var __ = pairer;

        var answer = await pairer.CallAsync("device.pair.approve", new JsonObject { ["requestId"] = request });

        Assert.Equal("FORBIDDEN", answer.Text("error/code"));
        Assert.Equal("operator.admin", answer.Text("error/details/missingScope"));
    }

    [Theory]
    [InlineData("device.token.revoke")]
    [InlineData("device.token.rotate")]
    [InlineData("device.pair.remove")]
    public async Task A_device_that_loses_its_token_is_closed_at_once_and_its_old_token_opens_nothing(string method)
    {
        var device = new TestDevice();
        var (client, hello) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var _ = client;
        await using var operatorClient = await OperatorAsync();
        var parameters = new JsonObject { ["deviceId"] = device.Id };
        if (method != "device.pair.remove")
        {
            parameters["role"] = "operator";
        }

        var answer = await operatorClient.CallAsync(method, parameters);
        var closed = await client.ClosedAsync();
        var (again, refused) = await device.ConnectAsync(_gateway, ("deviceToken", hello.Text("payload/auth/deviceToken")!), Read);
        await using var __ = again;

        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        Assert.Equal(4001, closed.Code);
        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", refused.Text("error/details/code"));
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_not_revived_by_a_rotation()
    {
        var device = new TestDevice();
        var (client, _) = await device.ConnectAsync(_gateway, Secret, ["operator.pairing"]);
        await using var __ = client;
        await using var operatorClient = await OperatorAsync();
        var token = new JsonObject { ["deviceId"] = device.Id, ["role"] = "operator" };

        // Its own rotation races with the goodbye that the revocation brings.
        await client.SendAsync(OpenClawWire.Request("revoke", "device.token.revoke", (JsonObject)token.DeepClone()));
        await client.TrySendAsync(OpenClawWire.Request("rotate", "device.token.rotate", (JsonObject)token.DeepClone()));
        await client.ClosedAsync();
        var rotated = await operatorClient.CallAsync("device.token.rotate", token);
        var list = await operatorClient.CallAsync("device.pair.list");

        Assert.Contains(client.Heard, frame => frame.Contains("\"id\":\"revoke\",\"ok\":true", StringComparison.Ordinal));
        Assert.DoesNotContain(client.Heard, frame => frame.Contains("\"id\":\"rotate\",\"ok\":true", StringComparison.Ordinal));
        Assert.Equal("the device has no token for this role", rotated.Text("error/message"));
        Assert.NotNull(list.List("payload/paired").Single(row => row.Text("deviceId") == device.Id).Text("tokens/0/revokedAtMs"));
    }

    [Fact]
    public async Task What_the_request_limits_is_not_given_to_the_devices_token_either()
    {
        var device = new TestDevice();
        var (capped, hello) = await device.ConnectAsync(_gateway, Secret, ["operator.admin"], null, ("x-openclaw-scopes", "operator.read"));
        await using var _ = capped;

        var (direct, refused) = await device.ConnectAsync(_gateway, ("deviceToken", hello.Text("payload/auth/deviceToken")!), ["operator.admin"]);
        await using var __ = direct;

        Assert.Equal(Read, hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
        Assert.Equal("AUTH_SCOPE_MISMATCH", refused.Text("error/details/code"));
    }

    [Fact]
    public async Task A_rotation_never_widens_a_token_and_tells_nobody_else_its_value()
    {
        var device = new TestDevice();
        var (client, _) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var __ = client;
        await using var operatorClient = await OperatorAsync();

        var wider = await operatorClient.CallAsync("device.token.rotate", new JsonObject
        {
            ["deviceId"] = device.Id,
            ["role"] = "operator",
            ["scopes"] = new JsonArray("operator.admin"),
        });
        var rotated = await operatorClient.CallAsync("device.token.rotate", new JsonObject { ["deviceId"] = device.Id, ["role"] = "operator" });

        Assert.Equal("FORBIDDEN", wider.Text("error/code"));
        Assert.Equal("withheld-cross-device", rotated.Text("payload/tokenDelivery"));
        Assert.False(rotated.GetProperty("payload").TryGetProperty("token", out _));
    }

    [Fact]
    public async Task The_list_of_devices_holds_no_token()
    {
        var device = new TestDevice();
        var (client, hello) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var _ = client;
        await using var operatorClient = await OperatorAsync();

        var list = await operatorClient.CallAsync("device.pair.list");

        Assert.Contains(list.List("payload/paired"), row => row.Text("deviceId") == device.Id);
        Assert.DoesNotContain(hello.Text("payload/auth/deviceToken")!, list.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_people_look_at_are_shown_to_each_other()
    {
        var (watcher, _) = await new TestDevice().ConnectAsync(_gateway, Secret, Read);
        await using var __ = watcher;
        var other = new TestDevice();

        var (client, _) = await other.ConnectAsync(_gateway, Secret, Read);
        var joined = await watcher.ReceiveAsync(frame => frame.Text("event") == "presence" && frame.ToString().Contains(other.Id, StringComparison.Ordinal));
        await client.DisposeAsync();
        var left = await watcher.ReceiveAsync(frame => frame.Text("event") == "presence" && VersionOf(frame) > VersionOf(joined));

        Assert.Equal("gateway", joined.List("payload/presence")[0].GetProperty("mode").GetString());
        Assert.Equal("disconnect", left.List("payload/presence").Single(row => row.Text("deviceId") == other.Id).Text("reason"));
    }

    /// <summary>Addresses and ids of others are for those who may read.</summary>
    [Fact]
    public async Task Who_may_not_read_is_not_told_who_else_is_there()
    {
        var (client, _) = await new TestDevice().ConnectAsync(_gateway, Secret, Read);
        await using var _ = client;

        var (reader, toReader) = await new TestDevice().ConnectAsync(_gateway, Secret, Read);
        await using var __ = reader;
        var (pairer, toPairer) = await new TestDevice().ConnectAsync(_gateway, Secret, ["operator.pairing"]);
        await using var ___ = pairer;
        var (node, toNode) = await new TestDevice { Client = TestClient.NodeHost }.ConnectAsync(_gateway, Secret, []);
        await using var ____ = node;

        Assert.NotEmpty(toReader.List("payload/snapshot/presence"));
        Assert.All([toPairer, toNode], hello => Assert.Equal("[]", hello.Text("payload/snapshot/presence")));
    }

    private async Task<string> WaitingAsync(TestDevice device, string[] scopes)
    {
        var (client, answer) = await device.ConnectAsync(_gateway, Secret, scopes, null, FromAPage);
        await client.DisposeAsync();
        return answer.Text("error/details/requestId")!;
    }

    private static long VersionOf(JsonElement frame) => frame.GetProperty("stateVersion").GetProperty("presence").GetInt64();

    private Task<WireClient> OperatorAsync() => _gateway.OpenOpenClawAsync();
}
