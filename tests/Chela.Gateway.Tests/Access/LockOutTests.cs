using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>The lock-out of a real gateway, in every dialect and over HTTP. A page on loopback stands for a stranger: it is not exempt.</summary>
[Trait("Requirement", "A6")]
[Trait("Requirement", "A1")]
public sealed class LockOutTests : IAsyncLifetime
{
    private const string Page = "http://localhost:4711";
    private const string Wrong = "wrong-wrong-wrong-wrong";

    private readonly TempFolder _home = new();
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartAsync(
        new GatewayStart(_home.Path) { Environment = [("CHELA_GATEWAY__AUTH__RATELIMIT__MAXATTEMPTS", "3")] });

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Openclaw_clients_hear_when_they_may_try_again_and_the_right_token_waits_as_well()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("AUTH_TOKEN_MISMATCH", (await ConnectAsync(Wrong)).Answer.Text("error/details/code"));
        }

        var (answer, close) = await ConnectAsync(_gateway.Token);

        Assert.Equal("INVALID_REQUEST", answer.Text("error/code"));
        Assert.Equal("AUTH_RATE_LIMITED", answer.Text("error/details/code"));
        Assert.Equal("rate_limited", answer.Text("error/details/authReason"));
        Assert.Equal("wait_then_retry", answer.Text("error/details/recommendedNextStep"));
        Assert.Equal("true", answer.Text("error/retryable"));
        Assert.InRange(answer.Find("error/retryAfterMs")!.Value.GetInt32(), 1, 300_000);
        Assert.Equal((1008, "unauthorized: too many failed authentication attempts (retry later)"), close);
    }

    [Theory]
    [InlineData("/rpc")]
    [InlineData("/plain")]
    public async Task The_failures_of_all_dialects_count_together(string path)
    {
        await GuessAsync(path);
        await GuessAsync("/session");
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(Wrong)).Status);

        var (status, retryAfter, body) = await PostAsync(_gateway.Token);
        var (answer, _) = await ConnectAsync(_gateway.Token);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.InRange(retryAfter!.Value.TotalSeconds, 1, 300);
        Assert.Equal("-32029", body.Text("error/code"));
        Assert.Equal("AUTH_RATE_LIMITED", answer.Text("error/details/code"));
    }

    [Fact]
    public async Task Who_shows_nothing_is_not_counted()
    {
        for (var i = 0; i < 10; i++)
        {
            await using var silent = await WireClient.OpenAsync(_gateway.Url + "/rpc", ("Origin", Page));
            Assert.Equal("true", (await silent.CallRpcAsync("health")).Text("result/ok"));
        }

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(_gateway.Token)).Status);
    }

    [Fact]
    public async Task A_device_that_shows_its_own_token_as_the_gateways_is_let_in_and_not_counted()
    {
        var device = new TestDevice();
        var (first, hello) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), ["operator.read"]);
        await first.DisposeAsync();

        for (var i = 0; i < 5; i++)
        {
            var (client, answer) = await device.ConnectAsync(
                _gateway, ("token", hello.Text("payload/auth/deviceToken")!), ["operator.read"], null, ("Origin", Page));
            await client.DisposeAsync();
            Assert.Equal("device-token", answer.Text("payload/auth/method"));
        }

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(_gateway.Token)).Status);
    }

    [Fact]
    public async Task Wrong_device_tokens_lock_out_device_tokens_and_not_the_gateways_secret()
    {
        var device = new TestDevice();
        var codes = new List<string?>();
        for (var i = 0; i < 4; i++)
        {
            var (client, answer) = await device.ConnectAsync(_gateway, ("deviceToken", Wrong), ["operator.read"], null, ("Origin", Page));
            await client.DisposeAsync();
            codes.Add(answer.Text("error/details/code"));
        }

        Assert.Equal(["AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_RATE_LIMITED"], codes);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(_gateway.Token)).Status);
    }

    private async Task GuessAsync(string path)
    {
        await using var client = await WireClient.OpenAsync(_gateway.Url + path, ("Authorization", $"Bearer {Wrong}"), ("Origin", Page));
        Assert.Equal(1008, (await client.ClosedAsync()).Code);
    }

    private async Task<(JsonElement Answer, (int Code, string Reason) Close)> ConnectAsync(string token)
    {
        await using var client = await WireClient.OpenAsync(_gateway.Url + "/", ("Origin", Page));
        await client.ReceiveAsync();
        await client.SendAsync(OpenClawWire.Request("connect", "connect", OpenClawWire.ConnectParams(token)));
        return (await client.AnswerAsync("connect"), await client.ClosedAsync());
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, JsonElement Body)> PostAsync(string token)
    {
        using var http = new HttpClient();
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway.HttpUrl, "/rpc"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            Content = new StringContent(JsonRpcWire.Call("1", "status", new JsonObject()), Encoding.UTF8, "application/json"),
        };
        call.Headers.Add("Origin", Page);
        using var answer = await http.SendAsync(call, TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.Headers.RetryAfter?.Delta, JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
