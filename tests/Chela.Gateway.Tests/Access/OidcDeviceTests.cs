using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>Devices of users for whom an identity provider vouches: a device never has more than its user, nor for longer.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A2")]
public sealed class OidcDeviceTests : IAsyncLifetime
{
    private static readonly string[] Read = ["operator.read"];
    private static readonly string[] Pairing = ["operator.pairing"];

    private readonly TempFolder _home = new();
    private FakeOidc _provider = null!;
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeOidc.StartAsync();
        Directory.CreateDirectory(Path.Combine(_home.Path, "state"));
        await File.WriteAllTextAsync(
            Path.Combine(_home.Path, "state", "chela.json"),
            $$$"""
            {"gateway":{"auth":{"mode":"oidc","oidc":{"issuer":"{{{_provider.Issuer}}}","audiences":["chela"],
              "roles":{"reader":["operator.read"],"pairer":["operator.pairing"],"admin":["operator.admin"]}} } } }
            """,
            TestContext.Current.CancellationToken);
        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _provider.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_device_is_paired_for_no_more_than_the_roles_of_its_user_whatever_it_asks_for()
    {
        var device = new TestDevice();

        var (client, hello) = await device.ConnectAsync(_gateway, User("reader"), ["operator.admin", "operator.read"]);
        await using var _ = client;
        var (admin, toAdmin) = await new TestDevice().ConnectAsync(_gateway, User("admin"), ["operator.admin"]);
        await using var __ = admin;
        var row = (await admin.CallAsync("device.pair.list")).List("payload/paired").Single(row => row.Text("deviceId") == device.Id);

        Assert.Equal(Read, Texts(hello, "payload/auth/scopes"));
        Assert.Equal(Read, Texts(row, "scopes"));
        Assert.Equal(Read, Texts(row, "tokens/0/scopes"));
        Assert.Equal(["operator.admin"], Texts(toAdmin, "payload/auth/scopes"));
        Assert.Equal("token", toAdmin.Text("payload/snapshot/authMode")); // the protocol's list is closed
    }

    /// <summary>It would go on opening when the user is not let in any more.</summary>
    [Fact]
    public async Task A_devices_own_token_opens_nothing_without_its_user()
    {
        var device = new TestDevice();
        var (client, hello) = await device.ConnectAsync(_gateway, User("pairer"), Pairing);
        await using var _ = client;

        var rotated = await client.CallAsync("device.token.rotate", new JsonObject { ["deviceId"] = device.Id, ["role"] = "operator" });
        var (alone, refused) = await device.ConnectAsync(_gateway, ("deviceToken", rotated.Text("payload/token")!), Pairing);
        await using var __ = alone;
        var (wrong, hint) = await device.ConnectAsync(_gateway, ("token", "no-token-of-the-provider"), Pairing);
        await using var ___ = wrong;
        var (again, second) = await device.ConnectAsync(_gateway, User("pairer"), Pairing);
        await using var ____ = again;

        Assert.Null(hello.Text("payload/auth/deviceToken"));
        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", refused.Text("error/details/code"));
        Assert.Equal("false", hint.Text("error/details/canRetryWithDeviceToken"));
        Assert.Equal("hello-ok", second.Text("payload/type"));
    }

    [Fact]
    public async Task A_known_device_gets_more_with_a_greater_user_only_when_an_operator_approves()
    {
        var device = new TestDevice();
        var (first, _) = await device.ConnectAsync(_gateway, User("reader"), Read);
        await using var __ = first;

        var (greater, answer) = await device.ConnectAsync(_gateway, User("admin"), ["operator.admin"]);
        await using var ___ = greater;

        Assert.Equal(("PAIRING_REQUIRED", "scope-upgrade"), (answer.Text("error/details/code"), answer.Text("error/details/reason")));
    }

    [Fact]
    public async Task A_user_is_not_told_the_token_that_a_device_has_besides()
    {
        var device = new TestDevice();
        var (first, own) = await device.ConnectAsync(_gateway, await SetupAsync("full"), ["operator.admin"]);
        await using var _ = first;

        var (client, hello) = await device.ConnectAsync(_gateway, User("reader"), ["operator.admin"]);
        await using var __ = client;
        var asked = await client.CallAsync("device.scopes.requestUpgrade", new JsonObject { ["scopes"] = new JsonArray("operator.read") });
        var (alone, again) = await device.ConnectAsync(_gateway, ("deviceToken", own.Text("payload/auth/deviceToken")!), ["operator.admin"]);
        await using var ___ = alone;

        Assert.Equal(Read, Texts(hello, "payload/auth/scopes"));
        Assert.Null(hello.Text("payload/auth/deviceToken"));
        Assert.Equal("INVALID_REQUEST", asked.Text("error/code"));
        Assert.Equal(["operator.admin"], Texts(again, "payload/auth/scopes"));
    }

    [Fact]
    public async Task A_setup_code_gives_its_own_scopes_and_not_those_of_a_user_who_was_there_before()
    {
        var device = new TestDevice();
        var (first, _) = await device.ConnectAsync(_gateway, User("admin"), ["operator.admin"]);
        await using var __ = first;

        var (client, hello) = await device.ConnectAsync(_gateway, await SetupAsync("voice-node"), Read);
        await using var ___ = client;
        var own = ("deviceToken", hello.Text("payload/auth/deviceToken")!);
        var (alone, read) = await device.ConnectAsync(_gateway, own, Read);
        await using var ____ = alone;
        var (wider, refused) = await device.ConnectAsync(_gateway, own, ["operator.admin"]);
        await using var _____ = wider;

        Assert.Equal(Read, Texts(read, "payload/auth/scopes"));
        Assert.Equal("AUTH_SCOPE_MISMATCH", refused.Text("error/details/code"));
    }

    private (string, string) User(string role) => ("token", _provider.Token(_provider.Claims(role)));

    private async Task<(string, string)> SetupAsync(string profile)
    {
        var (admin, _) = await new TestDevice().ConnectAsync(_gateway, User("admin"), ["operator.admin"]);
        await using var __ = admin;
        var code = await admin.CallAsync("device.pair.setupCode", new JsonObject { ["bootstrapProfile"] = profile });
        var payload = JsonElement.Parse(Base64Url.DecodeFromChars(code.Text("payload/setupCode")));
        return ("bootstrapToken", payload.Text("bootstrapToken")!);
    }

    private static IEnumerable<string?> Texts(JsonElement frame, string path) => frame.List(path).Select(text => text.GetString());
}
