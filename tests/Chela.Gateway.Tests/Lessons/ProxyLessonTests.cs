using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Lessons;

/// <summary>What a proxy may say of a client, and what a client says of itself in the same words.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A4")]
public sealed class ProxyLessonTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    /// <summary>GHSA-5wcw: the browser of a user whom the proxy lets in runs everybody's pages.</summary>
    [Fact]
    public async Task A_page_of_another_origin_is_refused_although_the_proxy_names_its_user()
    {
        await using var gateway = await StartAsync("127.0.0.1");
        (string, string)[] foreign = [("X-Forwarded-For", "203.0.113.7"), ("X-User", "alice"), ("Origin", "https://evil.example")];
        (string, string)[] own = [.. foreign[..2], ("Origin", "https://chat.example")];

        await using var page = await WireClient.OpenAsync(gateway.Url + "/", foreign);
        var connect = OpenClawWire.ConnectParams("");
        connect.Remove("auth");
        await page.SendAsync(OpenClawWire.Request("c", "connect", connect));
        var answer = await page.AnswerAsync("c");
        await using var allowed = await WireClient.OpenAsync(gateway.Url + "/rpc", own);

        Assert.Equal("CONTROL_UI_ORIGIN_NOT_ALLOWED", answer.Text("error/details/code"));
        foreach (var path in new[] { "/rpc", "/plain", "/session" })
        {
            var refusal = await Record.ExceptionAsync(() => WireClient.OpenAsync(gateway.Url + path, foreign));
            Assert.Contains("403", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
        }

        Assert.Contains("origin", await PostAsync(gateway, foreign), StringComparison.Ordinal);
        Assert.Contains("\"result\"", await PostAsync(gateway, own), StringComparison.Ordinal);
        Assert.Null((await allowed.CallRpcAsync("status")).Find("error"));
    }

    [Fact]
    public async Task A_user_who_is_not_let_in_any_more_does_not_come_by_his_device_either()
    {
        var device = new TestDevice();
        (string, string)[] bob = [("X-Forwarded-For", "203.0.113.7"), ("X-User", "bob")];
        var nothing = ("deviceToken", "guessed");
        string? own;
        await using (var gateway = await StartAsync("127.0.0.1", "bob"))
        {
            var (refused, waiting) = await device.ConnectAsync(gateway, nothing, ["operator.read"], null, bob);
            await using var _ = refused;
            await using var rpc = await WireClient.OpenAsync(gateway.Url + "/rpc", bob);
            await rpc.CallRpcAsync("device.pair.approve", new JsonObject { ["requestId"] = waiting.Text("error/details/requestId") });
            var (client, hello) = await device.ConnectAsync(gateway, nothing, ["operator.read"], null, bob);
            await using var __ = client;
            own = hello.Text("payload/auth/deviceToken");
        }

        await using var again = await StartAsync("127.0.0.1", "alice");
        var (late, answer) = await device.ConnectAsync(again, ("deviceToken", own!), ["operator.read"], null, bob);
        await using var ___ = late;

        Assert.Equal("trusted_proxy_user_not_allowed", answer.Text("error/details/authReason"));
    }

    /// <summary>CVE-2026-44118: the header that names the owner, from who is no proxy.</summary>
    [Fact]
    public async Task A_client_that_names_itself_the_owner_is_nobody()
    {
        await using var gateway = await StartAsync("192.0.2.1");
        (string, string)[] claims = [("X-User", "alice"), ("X-Forwarded-User", "alice"), ("x-openclaw-scopes", "operator.admin")];

        await using var rpc = await WireClient.OpenAsync(gateway.Url + "/rpc", claims);
        var answer = await rpc.CallRpcAsync("status");
        var (client, refused) = await new TestDevice().ConnectAsync(gateway, ("deviceToken", "guessed"), ["operator.admin"], null, claims);
        await using var _ = client;

        Assert.Equal("-32001", answer.Text("error/code"));
        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", refused.Text("error/details/code"));
        Assert.Contains("-32001", await PostAsync(gateway, claims), StringComparison.Ordinal);
    }

    private async Task<GatewayProcess> StartAsync(string proxy, string user = "alice")
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, "state"));
        await File.WriteAllTextAsync(
            Path.Combine(_home.Path, "state", "chela.json"),
            $$"""
            {"gateway":{
              "trustedProxies":["{{proxy}}"],
              "controlUi":{"allowedOrigins":["https://chat.example"]},
              "auth":{"mode":"trusted-proxy","identityScopes":{"{{user}}":["operator.admin"]},
                "trustedProxy":{"userHeader":"X-User","allowUsers":["{{user}}"],"allowLoopback":true} } } }
            """,
            TestContext.Current.CancellationToken);
        return await GatewayProcess.StartAsync(new GatewayStart(_home.Path));
    }

    private static async Task<string> PostAsync(GatewayProcess gateway, (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.HttpUrl, "/rpc"))
        {
            Content = new StringContent(JsonRpcWire.Call("1", "status"), Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            call.Headers.Add(name, value);
        }

        using var answer = await http.SendAsync(call, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
