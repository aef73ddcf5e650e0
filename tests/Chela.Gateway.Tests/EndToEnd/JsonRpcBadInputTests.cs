using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What the JSON-RPC dialect does with what it cannot use: the standard's codes, the same before and after the login.</summary>
[Trait("Requirement", "W2")]
public sealed class JsonRpcBadInputTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Mismatch = "unauthorized: gateway token mismatch (provide gateway auth token)";
    private const string Health = """{"jsonrpc":"2.0","id":"after","method":"health"}""";

    [Theory]
    [InlineData("""{"jsonrpc":""", -32700, "null")]
    [InlineData("hello", -32700, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"health"} x""", -32700, "null")]
    [InlineData("[", -32700, "null")]
    [InlineData("42", -32600, "null")]
    [InlineData("null", -32600, "null")]
    [InlineData("\"text\"", -32600, "null")]
    [InlineData("[]", -32600, "null")]
    [InlineData("""{"id":1,"method":"health"}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"health"}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"health"}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":"x","method":7}""", -32600, "\"x\"")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"health","params":"x"}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"health","params":[1]}""", -32602, "1")]
    [InlineData("""{"type":"req","id":"1","method":"connect","params":{}}""", -32600, "\"1\"")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"health","params":{"x":~deep~}""", -32700, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\ud800"}""", -32700, "null")]
    public async Task What_is_not_a_call_gets_the_standards_code_and_the_socket_stays(string frame, int code, string id)
    {
        foreach (var isLoggedIn in (bool[])[true, false])
        {
            await using var client = await OpenAsync(isLoggedIn);

            await client.SendAsync(BadInput.Expand(frame));
            var answer = await client.ReceiveAsync();

            Assert.Equal((code, id), (answer.GetProperty("error").GetProperty("code").GetInt32(), answer.GetProperty("id").GetRawText()));
            Assert.Equal("true", (await client.CallRpcAsync("health")).Text("result/ok"));
        }

        await fixture.Gateway.AssertAliveAsync();
    }

    [Fact]
    public async Task An_empty_message_is_not_json()
    {
        await using var client = await fixture.Gateway.OpenJsonRpcAsync();

        await client.SendAsync("");
        await client.SendAsync(Health);

        Assert.Equal("-32700", (await client.ReceiveAsync()).Text("error/code"));
        Assert.Equal("true", (await client.ReceiveAsync()).Text("result/ok"));
    }

    [Theory]
    [InlineData("no.such.method", "{}", -32601, "unknown method: no.such.method")]
    [InlineData("chat.history", """{"limit":"x"}""", -32602, "invalid chat.history params: at /limit: must be integer")]
    [InlineData("chat.history", """{"session_key":7}""", -32602, "invalid chat.history params: at /session_key: must be string")]
    [InlineData("chat.history", """{"bogus":1}""", -32602, "invalid chat.history params: at root: unexpected property 'bogus'")]
    [InlineData("chat.history", """{"limit":1,"limit":2}""", -32602, "invalid chat.history params: at root: duplicate property 'limit'")]
    [InlineData("chat.send", "{}", -32602, "invalid chat.send params: must have required property 'text'")]
    [InlineData("chat.send", """{"text":"a\udc00b"}""", -32602, "invalid chat.send params: at /text: must be string")]
    [Trait("Requirement", "A5")]
    public async Task Wrong_parameters_are_named_by_their_path_and_before_the_login_by_nothing(
        string method, string parameters, int code, string message)
    {
        var frame = $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""";
        await using var loggedIn = await fixture.Gateway.OpenJsonRpcAsync();
        await using var anonymous = await fixture.Gateway.OpenSilentJsonRpcAsync();

        await loggedIn.SendAsync(frame);
        await anonymous.SendAsync(frame);

        var answer = await loggedIn.ReceiveAsync();
        Assert.Equal(($"{code}", message), (answer.Text("error/code"), answer.Text("error/message")));
        Assert.Equal("-32001", (await anonymous.ReceiveAsync()).Text("error/code"));
    }

    [Fact]
    public async Task A_batch_is_answered_in_one_frame_and_a_batch_of_notifications_by_none()
    {
        await using var client = await fixture.Gateway.OpenJsonRpcAsync();

        await client.SendAsync("""[{"jsonrpc":"2.0","method":"health"},{"jsonrpc":"2.0","method":"no.such"}]""");
        await client.SendAsync("""
            [
              {"jsonrpc":"2.0","id":1,"method":"health"}, {"jsonrpc":"2.0","method":"health"}, 1,
              {"jsonrpc":"2.0","id":2,"method":"no"}
            ]
            """);
        var answers = await client.ReceiveAsync();

        Assert.Equal(["1", "", "2"], answers.EnumerateArray().Select(answer => answer.GetProperty("id").ToString()));
        Assert.Equal("-32600", answers.Text("1/error/code"));
        Assert.Equal("-32601", answers.Text("2/error/code"));
    }

    [Fact]
    [Trait("Requirement", "W8")]
    public async Task A_batch_of_a_thousand_calls_is_refused_whole_and_one_of_256_is_answered()
    {
        await using var client = await fixture.Gateway.OpenJsonRpcAsync();

        await client.SendAsync($"[{string.Join(',', Enumerable.Repeat(Health, 1000))}]");
        Assert.Equal("-32600", (await client.ReceiveAsync()).Text("error/code"));
        await client.SendAsync($"[{string.Join(',', Enumerable.Repeat(Health, 256))}]");
        Assert.Equal(256, (await client.ReceiveAsync()).EnumerateArray().Count(answer => answer.Text("result/ok") == "true"));
    }

    [Theory]
    [InlineData(true, BadInput.Huge)]
    [InlineData(false, BadInput.Huge)]
    [InlineData(false, BadInput.Large)]
    [Trait("Requirement", "W8")]
    public async Task A_message_over_the_limit_closes_with_1009(bool isLoggedIn, string size)
    {
        await using var client = await OpenAsync(isLoggedIn);

        await client.TrySendAsync(BadInput.Expand(JsonRpcWire.Call("1", "health", new() { ["x"] = size })));

        Assert.Equal((1009, "message too large"), await client.ClosedAsync());
        await fixture.Gateway.AssertAliveAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_binary_message_is_read_as_text(bool isLoggedIn)
    {
        await using var client = await OpenAsync(isLoggedIn);

        await client.SendAsync(Encoding.UTF8.GetBytes(Health), WebSocketMessageType.Binary);
        Assert.Equal("true", (await client.ReceiveAsync()).Text("result/ok"));
        await client.SendAsync(new byte[] { 0xFF, 0xFE }, WebSocketMessageType.Binary);

        Assert.Equal((1007, "invalid UTF-8"), await client.ClosedAsync());
        await fixture.Gateway.AssertAliveAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Text_that_is_not_utf8_closes_with_1007(bool isLoggedIn)
    {
        await using var client = await OpenAsync(isLoggedIn);

        await client.SendAsync(new byte[] { (byte)'"', 0xED, 0xA0, 0x80, (byte)'"' }, WebSocketMessageType.Text);

        Assert.Equal(1007, (await client.ClosedAsync()).Code);
        await fixture.Gateway.AssertAliveAsync();
    }

    [Theory]
    [InlineData("?token=wrong")]
    [InlineData("?token=")]
    [Trait("Requirement", "A1")]
    public async Task A_wrong_token_in_the_address_is_told_and_closes_with_1008(string query)
    {
        await using var client = await WireClient.OpenAsync($"{fixture.Gateway.Url}/rpc{query}");

        Assert.Equal("-32001", (await client.ReceiveAsync()).Text("error/code"));
        Assert.Equal((1008, Mismatch), await client.ClosedAsync());
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public async Task A_login_opens_the_connection_and_a_wrong_one_closes_it()
    {
        await using var right = await fixture.Gateway.OpenSilentJsonRpcAsync();
        await using var wrong = await fixture.Gateway.OpenSilentJsonRpcAsync();

        Assert.Equal("true", (await right.CallRpcAsync("auth.login", new() { ["token"] = fixture.Gateway.Token })).Text("result/ok"));
        Assert.NotNull((await right.CallRpcAsync("session.list")).Text("result/sessions"));
        Assert.Equal("-32001", (await wrong.CallRpcAsync("auth.login", new() { ["token"] = "guess" })).Text("error/code"));
        Assert.Equal((1008, Mismatch), await wrong.ClosedAsync());
    }

    [Theory]
    [InlineData("text/plain", "right", Health, 415, null)]
    [InlineData("application/json", "wrong", Health, 401, "-32001")]
    [InlineData("application/json", "right", "{", 200, "-32700")]
    [InlineData("application/json", "right", "[1,2]", 200, "-32600")]
    [InlineData("application/json", "none", """{"jsonrpc":"2.0","id":1,"method":"status"}""", 200, "-32001")]
    [InlineData("application/json", "right", BadInput.Huge, 413, null)]
    [InlineData("application/json", "none", BadInput.Large, 413, null)]
    [InlineData("application/json", "right", """{"jsonrpc":"2.0","method":"health"}""", 204, null)]
    [Trait("Requirement", "A1")]
    public async Task A_post_is_judged_as_a_message_is(string contentType, string credential, string body, int status, string? error)
    {
        using var http = new HttpClient { BaseAddress = fixture.Gateway.HttpUrl };
        using var content = new StringContent(BadInput.Expand(body), Encoding.UTF8, contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rpc") { Content = content };
        request.Headers.Authorization = credential == "none"
            ? null
            : new AuthenticationHeaderValue("Bearer", credential == "right" ? fixture.Gateway.Token : "wrong");

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        if (error is not null)
        {
            var answer = JsonElement.Parse(text);
            Assert.Equal(error, answer.Text("error/code") ?? answer.Text("0/error/code"));
        }

        await fixture.Gateway.AssertAliveAsync();
    }

    private Task<WireClient> OpenAsync(bool isLoggedIn) =>
        isLoggedIn ? fixture.Gateway.OpenJsonRpcAsync() : fixture.Gateway.OpenSilentJsonRpcAsync();
}
