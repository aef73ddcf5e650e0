using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>The gateway's own secret in every dialect, for both of its kinds.</summary>
[Trait("Requirement", "A1")]
public sealed class SharedSecretTests : IAsyncLifetime
{
    private const string Password = "a rather long pass phrase";
    private const string Wrong = "another rather long phrase";

    private readonly TempFolder _home = new();
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartAsync(
        new GatewayStart(_home.Path) { Environment = [("CHELA_GATEWAY__AUTH__PASSWORD", Password)] });

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData("password")]
    [InlineData("token")]
    public async Task A_password_opens_the_openclaw_dialect_in_either_field(string field)
    {
        await using var client = await _gateway.OpenSilentOpenClawAsync();

        var answer = await ConnectAsync(client, new JsonObject { [field] = Password });

        Assert.Equal("hello-ok", answer.Text("payload/type"));
        Assert.Equal("password", answer.Text("payload/auth/method"));
        Assert.Equal("password", answer.Text("payload/snapshot/authMode"));
        Assert.False(File.Exists(_gateway.TokenFile));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_with_the_code_for_passwords()
    {
        await using var client = await _gateway.OpenSilentOpenClawAsync();

        var answer = await ConnectAsync(client, new JsonObject { ["password"] = Wrong });

        Assert.Equal("INVALID_REQUEST", answer.Text("error/code"));
        Assert.Equal("AUTH_PASSWORD_MISMATCH", answer.Text("error/details/code"));
        Assert.Equal("password_mismatch", answer.Text("error/details/authReason"));
        Assert.Equal("false", answer.Text("error/details/canRetryWithDeviceToken"));
        Assert.Equal("update_auth_credentials", answer.Text("error/details/recommendedNextStep"));
        Assert.Equal((1008, answer.Text("error/message")!), await client.ClosedAsync());
    }

    [Theory]
    [InlineData("/rpc")]
    [InlineData("/plain")]
    public async Task A_password_opens_the_dialects_that_show_it_in_the_upgrade(string path)
    {
        await using var client = await WireClient.OpenAsync(_gateway.Url + path, ("Authorization", $"Bearer {Password}"));

        await client.SendAsync(path == "/rpc" ? JsonRpcWire.Call("1", "status") : """{"id":"1","method":"status"}""");
        var answer = await client.ReceiveAsync(frame => frame.Text("id") == "1");

        Assert.NotNull(answer.Text("result/runtimeVersion"));
    }

    [Fact]
    public async Task A_password_opens_a_connection_that_calls_auth_login_and_a_wrong_one_closes_it()
    {
        await using var right = await _gateway.OpenSilentJsonRpcAsync();
        await using var wrong = await _gateway.OpenSilentJsonRpcAsync();

        var granted = await right.CallRpcAsync("auth.login", new JsonObject { ["token"] = Password });
        var status = await right.CallRpcAsync("status");
        var refused = await wrong.CallRpcAsync("auth.login", new JsonObject { ["token"] = Wrong });

        Assert.Contains("operator.admin", granted.List("result/scopes").Select(scope => scope.GetString()));
        Assert.Null(status.Find("error"));
        Assert.Equal("-32001", refused.Text("error/code"));
        Assert.Equal("AUTH_PASSWORD_MISMATCH", refused.Text("error/data/details/code"));
        Assert.Equal((1008, refused.Text("error/message")!), await wrong.ClosedAsync());
    }

    [Fact]
    public async Task A_password_opens_the_session_dialect_and_none_is_refused_there()
    {
        await using var right = await WireClient.OpenAsync(_gateway.Url + "/session");
        await using var none = await WireClient.OpenAsync(_gateway.Url + "/session");

        await right.SendAsync($$$"""{"Connect":{"auth":"{{{Password}}}"}}""");
        await none.SendAsync("""{"Connect":{}}""");

        Assert.NotNull((await right.ReceiveAsync()).Text("Connected/session_id"));
        Assert.StartsWith("unauthorized: gateway password missing", (await none.ReceiveAsync()).Text("Error/message"), StringComparison.Ordinal);
        Assert.Equal(1008, (await none.ClosedAsync()).Code);
    }

    [Theory]
    [InlineData(Password, HttpStatusCode.OK)]
    [InlineData(Wrong, HttpStatusCode.Unauthorized)]
    public async Task A_password_opens_calls_over_http(string shown, HttpStatusCode expected)
    {
        using var http = new HttpClient();
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway.HttpUrl, "/rpc"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", shown) },
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"status"}""", Encoding.UTF8, "application/json"),
        };

        using var answer = await http.SendAsync(call, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    /// <summary>goclaw's lesson: an empty token must be nobody's.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("undefined")]
    [InlineData("null")]
    public async Task An_empty_or_undefined_secret_is_not_admin(string shown)
    {
        await using var client = await _gateway.OpenSilentOpenClawAsync();

        var answer = await ConnectAsync(client, new JsonObject { ["token"] = shown, ["password"] = shown });

        Assert.Equal("AUTH_PASSWORD_MISMATCH", answer.Text("error/details/code"));
    }

    private static async Task<JsonElement> ConnectAsync(WireClient client, JsonObject auth)
    {
        var connect = OpenClawWire.ConnectParams("");
        connect["auth"] = auth;
        await client.SendAsync(OpenClawWire.Request("connect", "connect", connect));
        return await client.AnswerAsync("connect");
    }
}
