using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>The modes without a shared secret, on the real gateway.</summary>
[Trait("Requirement", "A1")]
public sealed class AuthModeTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Without_authentication_programs_on_this_machine_come_as_they_are()
    {
        await using var gateway = await StartAsync("""{"auth":{"mode":"none"}}""");

        var (backend, hello) = await ConnectAsync(gateway, connect => connect.Remove("auth"));
        await using var _ = backend;
        await using var rpc = await gateway.OpenSilentJsonRpcAsync();
        await using var session = await WireClient.OpenAsync(gateway.Url + "/session");
        await session.SendAsync("""{"Connect":{}}""");

        Assert.Equal("none", hello.Text("payload/auth/method"));
        Assert.Equal("none", hello.Text("payload/snapshot/authMode"));
        Assert.Contains("operator.admin", hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
        Assert.Null((await rpc.CallRpcAsync("status")).Find("error"));
        Assert.NotNull((await session.ReceiveAsync()).Text("Connected/session_id"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(gateway));
    }

    [Fact]
    public async Task Without_authentication_another_operator_still_needs_a_device()
    {
        await using var gateway = await StartAsync("""{"auth":{"mode":"none"}}""");

        var (client, answer) = await ConnectAsync(gateway, connect => connect["client"]!["id"] = "test");
        await using var _ = client;

        Assert.Equal("NOT_PAIRED", answer.Text("error/code"));
        Assert.Equal("DEVICE_IDENTITY_REQUIRED", answer.Text("error/details/code"));
    }

    [Fact]
    public async Task Without_authentication_nobody_comes_through_a_proxy_on_this_machine()
    {
        await using var gateway = await StartAsync("""{"auth":{"mode":"none"}}""");
        var forwarded = ("X-Forwarded-For", "203.0.113.7");

        var (client, answer) = await ConnectAsync(gateway, connect => connect.Remove("auth"), forwarded);
        await using var _ = client;
        await using var rpc = await WireClient.OpenAsync(gateway.Url + "/rpc", forwarded);

        Assert.Equal("AUTH_UNAUTHORIZED", answer.Text("error/details/code"));
        Assert.Equal("-32001", (await rpc.CallRpcAsync("status")).Text("error/code"));
    }

    [Fact]
    public async Task Without_authentication_the_gateway_listens_on_loopback_only()
    {
        await WriteAsync("""{"bind":"0.0.0.0","auth":{"mode":"none"}}""");

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(_home.Path));

        Assert.Equal(78, exitCode);
        Assert.Contains("gateway.auth.mode", errors, StringComparison.Ordinal);
        Assert.Contains("listen on loopback only", errors, StringComparison.Ordinal);
    }

    private const string Proxy = """
        "trustedProxies": ["127.0.0.1"],
        "auth": {
          "mode": "trusted-proxy",
          "password": "a rather long pass phrase",
          "identityScopes": {"alice": ["operator.read"]},
          "trustedProxy": {"userHeader": "X-User", "requiredHeaders": ["X-Login"], "allowUsers": ["alice", "bob"], "allowLoopback": true}
        }
        """;

    [Fact]
    public async Task A_trusted_proxy_names_the_user_and_the_user_has_his_scopes()
    {
        await using var gateway = await StartAsync("{" + Proxy + "}");
        (string, string)[] alice = [("X-Forwarded-For", "203.0.113.7"), ("X-Login", "yes"), ("X-User", "alice")];

        var (client, hello) = await ConnectAsync(gateway, connect => connect.Remove("auth"), alice);
        await using var _ = client;
        await using var rpc = await WireClient.OpenAsync(gateway.Url + "/rpc", alice);
        var read = await rpc.CallRpcAsync("status");
        var admin = await rpc.CallRpcAsync("auth.rotate");

        Assert.Equal("trusted-proxy", hello.Text("payload/auth/method"));
        Assert.Equal(["operator.read"], hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
        Assert.Null(read.Find("error"));
        Assert.Equal("-32003", admin.Text("error/code"));
    }

    [Theory]
    [InlineData("X-User: alice", "AUTH_IDENTITY_HEADER_REQUIRED", "trusted_proxy_missing_header_x-login")]
    [InlineData("X-Login: yes", "AUTH_IDENTITY_HEADER_REQUIRED", "trusted_proxy_missing_header_x-user")]
    [InlineData("X-Login: yes|X-User: ", "AUTH_IDENTITY_HEADER_REQUIRED", "trusted_proxy_missing_header_x-user")]
    [InlineData("X-Login: yes|X-User: mallory", "AUTH_UNAUTHORIZED", "trusted_proxy_user_not_allowed")]
    [InlineData("X-Login: yes|X-User: Alice", "AUTH_UNAUTHORIZED", "trusted_proxy_user_not_allowed")]
    public async Task What_the_proxy_does_not_say_lets_nobody_in(string headers, string code, string reason)
    {
        await using var gateway = await StartAsync("{" + Proxy + "}");
        (string, string)[] sent = [("X-Forwarded-For", "203.0.113.7"), .. headers.Split('|').Select(header => (header.Split(": ")[0], header.Split(": ")[1]))];

        var (client, answer) = await ConnectAsync(gateway, connect => connect.Remove("auth"), sent);
        await using var _ = client;

        Assert.Equal((code, reason), (answer.Text("error/details/code"), answer.Text("error/details/authReason")));
        Assert.Equal(1008, (await client.ClosedAsync()).Code);
    }

    /// <summary>Headers that a client writes itself are nothing.</summary>
    [Fact]
    public async Task A_client_that_is_no_proxy_cannot_name_a_user()
    {
        await using var gateway = await StartAsync("{" + Proxy.Replace("127.0.0.1", "192.0.2.1", StringComparison.Ordinal) + "}");

        var (client, answer) = await ConnectAsync(gateway, connect => connect.Remove("auth"), ("X-Login", "yes"), ("X-User", "alice"));
        await using var _ = client;

        Assert.Equal("trusted_proxy_untrusted_source", answer.Text("error/details/authReason"));
    }

    [Fact]
    public async Task A_proxy_on_this_machine_is_not_believed_unless_that_is_said()
    {
        await using var gateway = await StartAsync("{" + Proxy.Replace("\"allowLoopback\": true", "\"allowLoopback\": false", StringComparison.Ordinal) + "}");

        var (client, answer) = await ConnectAsync(
            gateway, connect => connect.Remove("auth"), ("X-Forwarded-For", "203.0.113.7"), ("X-Login", "yes"), ("X-User", "alice"));
        await using var _ = client;

        Assert.Equal("trusted_proxy_loopback_source", answer.Text("error/details/authReason"));
    }

    [Fact]
    public async Task A_shared_token_together_with_a_trusted_proxy_refuses_the_start()
    {
        await WriteAsync("""{"auth":{"mode":"trusted-proxy","token":"0f8e1c7ab2d34956"}}""");

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(_home.Path));

        Assert.Equal(78, exitCode);
        Assert.All(
            ["gateway.auth.token", "gateway.trustedProxies", "gateway.auth.trustedProxy.userHeader"],
            key => Assert.Contains(key, errors, StringComparison.Ordinal));
        Assert.DoesNotContain("0f8e1c7ab2d34956", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_an_identity_provider_opens_every_dialect_with_the_scopes_of_its_roles()
    {
        await using var provider = await FakeOidc.StartAsync();
        await using var gateway = await StartAsync(Oidc(provider));
        var token = provider.Token(provider.Claims("reader"));

        var (client, hello) = await ConnectAsync(gateway, connect => connect["auth"] = new JsonObject { ["token"] = token });
        await using var _ = client;
        await using var rpc = await WireClient.OpenAsync(gateway.Url + "/rpc", ("Authorization", $"Bearer {token}"));
        await using var session = await WireClient.OpenAsync(gateway.Url + "/session");
        await session.SendAsync($$$"""{"Connect":{"auth":"{{{token}}}"}}""");

        Assert.Equal("token", hello.Text("payload/auth/method")); // the protocol has no word for it
        Assert.Contains("operator.read", hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
        Assert.DoesNotContain("operator.admin", hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
        Assert.Null((await rpc.CallRpcAsync("status")).Find("error"));
        Assert.Equal("-32003", (await rpc.CallRpcAsync("chat.send", new JsonObject { ["text"] = "Hello" })).Text("error/code"));
        Assert.NotNull((await session.ReceiveAsync()).Text("Connected/session_id"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(gateway, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(gateway, provider.Token(provider.Claims())));
    }

    /// <summary>GHSA-rqpp-rjj8-7wv8, CVE-2026-53821.</summary>
    [Fact]
    public async Task Scopes_the_client_declares_are_ignored_beyond_its_roles()
    {
        await using var provider = await FakeOidc.StartAsync();
        await using var gateway = await StartAsync(Oidc(provider));

        var (client, _) = await ConnectAsync(
            gateway, connect => connect["auth"] = new JsonObject { ["token"] = provider.Token(provider.Claims("reader")) });
        await using var __ = client;

        Assert.Equal("FORBIDDEN", (await client.CallAsync("auth.rotate")).Text("error/code"));
    }

    [Fact]
    public async Task The_gateways_own_token_file_opens_nothing_where_an_identity_provider_is_asked()
    {
        await using var provider = await FakeOidc.StartAsync();
        await using var gateway = await StartAsync(Oidc(provider));

        Assert.False(File.Exists(gateway.TokenFile));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(gateway, "undefined"));
    }

    [Fact]
    public async Task A_header_of_the_upgrade_lessens_what_is_granted_in_every_dialect()
    {
        await using var gateway = await StartAsync("{}");
        var cap = ("x-openclaw-scopes", "operator.read, operator.pairing");

        var (client, hello) = await ConnectAsync(gateway, connect => connect["auth"]!["token"] = gateway.Token, cap);
        await using var _ = client;
        await using var rpc = await WireClient.OpenAsync(gateway.Url + "/rpc", ("Authorization", $"Bearer {gateway.Token}"), cap);
        await using var none = await WireClient.OpenAsync(
            gateway.Url + "/rpc", ("Authorization", $"Bearer {gateway.Token}"), ("x-openclaw-scopes", "nothing"));

        Assert.Equal(["operator.read", "operator.pairing"], hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
        Assert.Null((await rpc.CallRpcAsync("status")).Find("error"));
        Assert.Equal("-32003", (await rpc.CallRpcAsync("auth.rotate")).Text("error/code"));
        Assert.Equal("-32003", (await none.CallRpcAsync("status")).Text("error/code"));
    }

    /// <summary>CVE-2026-28472.</summary>
    [Fact]
    public async Task Presence_of_a_token_does_not_skip_device_identity()
    {
        await using var gateway = await StartAsync("{}");

        var (client, answer) = await ConnectAsync(gateway, connect =>
        {
            connect["client"]!["id"] = "openclaw-control-ui";
            connect["auth"]!["token"] = gateway.Token;
        }, ("Origin", gateway.HttpUrl.GetLeftPart(UriPartial.Authority)));
        await using var _ = client;

        Assert.Equal("CONTROL_UI_DEVICE_IDENTITY_REQUIRED", answer.Text("error/details/code"));
    }

    private static string Oidc(FakeOidc provider) => $$$"""
        {"auth":{"mode":"oauth","oidc":{
          "issuer": "{{{provider.Issuer}}}", "audiences": ["chela"],
          "roles": {"reader": ["operator.read", "operator.talk"], "admin": ["operator.admin"]}
        } } }
        """;

    private async Task WriteAsync(string gateway)
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, "state"));
        await File.WriteAllTextAsync(
            Path.Combine(_home.Path, "state", "chela.json"), "{\"gateway\":" + gateway + "}", TestContext.Current.CancellationToken);
    }

    private async Task<GatewayProcess> StartAsync(string gateway)
    {
        await WriteAsync(gateway);
        return await GatewayProcess.StartAsync(new GatewayStart(_home.Path));
    }

    private static async Task<(WireClient Client, JsonElement Answer)> ConnectAsync(
        GatewayProcess gateway, Action<JsonObject> change, params (string, string)[] headers)
    {
        var client = await WireClient.OpenAsync(gateway.Url + "/", headers);
        await client.ReceiveAsync();
        var connect = OpenClawWire.ConnectParams("");
        change(connect);
        await client.SendAsync(OpenClawWire.Request("connect", "connect", connect));
        return (client, await client.AnswerAsync("connect"));
    }

    private static async Task<HttpStatusCode> PostAsync(GatewayProcess gateway, string? token = null)
    {
        using var http = new HttpClient();
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.HttpUrl, "/rpc"))
        {
            Content = new StringContent(JsonRpcWire.Call("1", "status"), Encoding.UTF8, "application/json"),
        };
        call.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(call, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
