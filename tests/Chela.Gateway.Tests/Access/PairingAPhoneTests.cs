using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>A phone is let in by a setup code, at the real gateway.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A9")]
[Trait("Requirement", "W5")]
public sealed class PairingAPhoneTests : IAsyncLifetime
{
    private static readonly string[] Read = ["operator.read"];

    private readonly TempFolder _home = new();
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_phone_with_a_setup_code_gets_its_tokens_at_once_and_comes_again_with_each()
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var (setupId, payload) = await IssueAsync(admin, new JsonObject { ["publicUrl"] = "https://gateway.example/chela" });
        var phone = new TestDevice { Client = TestClient.Phone };

        var (node, hello) = await phone.ConnectAsync(_gateway, ("bootstrapToken", payload.Text("bootstrapToken")!), []);
        await using var _ = node;
        var completed = await admin.ReceiveAsync(frame => frame.Text("event") == "device.pair.setup.completed");
        var status = await admin.CallAsync("device.pair.setupStatus", new JsonObject { ["setupId"] = setupId });
        phone.Client = TestClient.Phone with { Role = "operator", Mode = "ui" };
        var (client, answer) = await phone.ConnectAsync(_gateway, ("deviceToken", hello.Text("payload/auth/deviceTokens/0/deviceToken")!), ["operator.admin"]);
        await using var __ = client;
        phone.Client = TestClient.Phone;
        var (again, second) = await phone.ConnectAsync(_gateway, ("deviceToken", hello.Text("payload/auth/deviceToken")!), []);
        await using var ___ = again;

        Assert.Equal("wss://gateway.example/chela", payload.Text("url"));
        Assert.Equal("bootstrap-token", hello.Text("payload/auth/method"));
        Assert.Equal("node", hello.Text("payload/auth/role"));
        Assert.Equal("operator", hello.Text("payload/auth/deviceTokens/0/role"));
        Assert.Equal((setupId, phone.Id, "full"), (completed.Text("payload/setupId"), completed.Text("payload/deviceId"), completed.Text("payload/access")));
        Assert.Equal(completed.Text("payload"), status.Text("payload/completion"));
        Assert.Equal("device-token", answer.Text("payload/auth/method"));
        Assert.Equal("hello-ok", second.Text("payload/type"));
    }

    [Fact]
    public async Task The_methods_of_setup_codes_work_without_being_named_in_the_hello()
    {
        await using var client = await _gateway.OpenSilentOpenClawAsync();

        await client.SendAsync(OpenClawWire.Request("c", "connect", OpenClawWire.ConnectParams(_gateway.Token)));
        var methods = (await client.AnswerAsync("c")).List("payload/features/methods").Select(name => name.GetString()).ToList();
        var code = await client.CallAsync("device.pair.setupCode");

        Assert.Contains("device.pair.list", methods);
        Assert.DoesNotContain("device.pair.setupCode", methods);
        Assert.DoesNotContain("device.pair.setupStatus", methods);
        Assert.NotNull(code.Text("payload/setupCode"));
    }

    [Fact]
    public async Task A_setup_code_opens_nothing_a_second_time()
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var (_, payload) = await IssueAsync(admin, []);
        var token = payload.Text("bootstrapToken")!;
        var (first, _) = await new TestDevice { Client = TestClient.Phone }.ConnectAsync(_gateway, ("bootstrapToken", token), []);
        await using var __ = first;

        var (client, refused) = await new TestDevice { Client = TestClient.Phone }.ConnectAsync(_gateway, ("bootstrapToken", token), []);
        await using var ___ = client;

        Assert.Equal("INVALID_REQUEST", refused.Text("error/code"));
        Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", refused.Text("error/details/code"));
        Assert.Equal("bootstrap_token_invalid", refused.Text("error/details/authReason"));
        Assert.Equal(1008, (await client.ClosedAsync()).Code);
    }

    [Fact]
    public async Task A_code_that_was_not_used_is_good_after_a_restart_and_a_used_one_is_not()
    {
        var admin = await _gateway.OpenOpenClawAsync();
        var (_, used) = await IssueAsync(admin, []);
        var (_, open) = await IssueAsync(admin, []);
        var (first, _) = await new TestDevice { Client = TestClient.Phone }.ConnectAsync(_gateway, ("bootstrapToken", used.Text("bootstrapToken")!), []);
        await first.DisposeAsync();
        await admin.DisposeAsync();
        _gateway.Kill();
        await _gateway.EndAsync();
        await _gateway.DisposeAsync();

        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));
        var (denied, refused) = await new TestDevice { Client = TestClient.Phone }.ConnectAsync(_gateway, ("bootstrapToken", used.Text("bootstrapToken")!), []);
        await using var _ = denied;
        var (admitted, hello) = await new TestDevice { Client = TestClient.Phone }.ConnectAsync(_gateway, ("bootstrapToken", open.Text("bootstrapToken")!), []);
        await using var __ = admitted;

        Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", refused.Text("error/details/code"));
        Assert.Equal("hello-ok", hello.Text("payload/type"));
    }

    /// <summary>GHSA-xr4f: who is not the owner cannot make setup codes.</summary>
    [Fact]
    public async Task Only_an_administrator_can_make_a_setup_code_or_ask_after_one()
    {
        var (pairer, _) = await new TestDevice().ConnectAsync(_gateway, ("token", _gateway.Token), ["operator.pairing", "operator.write", "operator.approvals"]);
        await using var __ = pairer;

        var code = await pairer.CallAsync("device.pair.setupCode");
        var status = await pairer.CallAsync("device.pair.setupStatus", new JsonObject { ["setupId"] = "any" });

        Assert.Equal(("FORBIDDEN", "operator.admin"), (code.Text("error/code"), code.Text("error/details/missingScope")));
        Assert.Equal("FORBIDDEN", status.Text("error/code"));
    }

    [Fact]
    public async Task Full_access_is_not_given_over_a_line_that_others_can_read()
    {
        await using var admin = await _gateway.OpenOpenClawAsync();

        var open = await admin.CallAsync("device.pair.setupCode", new JsonObject { ["publicUrl"] = "ws://192.0.2.7:18789" });
        var owner = await admin.CallAsync("device.pair.setupCode", new JsonObject { ["publicUrl"] = "ws://192.0.2.7:18789", ["bootstrapProfile"] = "control-ui-owner" });
        var local = await admin.CallAsync("device.pair.setupCode");

        Assert.Equal(("limited", "true"), (open.Text("payload/access"), open.Text("payload/accessDowngraded")));
        Assert.Equal("INVALID_REQUEST", owner.Text("error/code"));
        Assert.Equal(("full", _gateway.Url), (local.Text("payload/access"), local.Text("payload/gatewayUrl")));
    }

    [Theory]
    [InlineData("ftp://example.com")]
    [InlineData("wss://user:secret@example.com")]
    [InlineData("wss://example.com?token=1")]
    [InlineData("wss://example.com#token=1")]
    [InlineData("example.com")]
    public async Task An_address_that_no_device_can_use_is_refused(string url)
    {
        await using var admin = await _gateway.OpenOpenClawAsync();

        var answer = await admin.CallAsync("device.pair.setupCode", new JsonObject { ["publicUrl"] = url });

        Assert.Equal("INVALID_REQUEST", answer.Text("error/code"));
        Assert.Contains("/publicUrl", answer.Text("error/message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_code_is_refused_although_the_device_is_known()
    {
        var device = new TestDevice();
        var (first, _) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), Read);
        await using var _ = first;

        var (client, answer) = await device.ConnectAsync(_gateway, ("bootstrapToken", "guessed"), Read);
        await using var __ = client;

        Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", answer.Text("error/details/code"));
    }

    private static async Task<(string SetupId, JsonElement Payload)> IssueAsync(WireClient admin, JsonObject parameters)
    {
        var answer = await admin.CallAsync("device.pair.setupCode", parameters);
        var code = answer.Text("payload/setupCode") ?? throw new InvalidOperationException($"Refused: {answer}");
        return (answer.Text("payload/setupId")!, JsonElement.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(code))));
    }
}
