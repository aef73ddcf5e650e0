using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Clients that ask too often, at the real executable.</summary>
[Trait("Requirement", "A6")]
[Trait("Requirement", "W8")]
public sealed class RequestLimitTests
{
    private static readonly (string, string)[] TwoPerMinute = [("CHELA_GATEWAY__LIMITS__MAXCHATPERMINUTE", "2")];

    [Fact]
    public async Task Messages_that_come_too_often_are_refused_in_band_and_nothing_else_is()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = TwoPerMinute });
        await using var client = await gateway.OpenOpenClawAsync();
        await using var other = await gateway.OpenJsonRpcAsync();
        await client.SendChatAsync("main", "one", "hello");
        await client.SendChatAsync("main", "two", "hello");

        var refused = await client.CallAsync("chat.send", OpenClawWire.ChatParams("main", "three", "hello"));
        var health = await client.CallAsync("health");
        var status = await client.CallAsync("status");
        var ofOther = await other.CallRpcAsync("chat.send", new JsonObject { ["text"] = "hello" });

        Assert.Equal(("UNAVAILABLE", "true"), (refused.Text("error/code"), refused.Text("error/retryable")));
        Assert.StartsWith("rate limit exceeded for chat.send; retry after ", refused.Text("error/message"), StringComparison.Ordinal);
        Assert.InRange(int.Parse(refused.Text("error/retryAfterMs")!, provider: null), 1, 60_000);
        Assert.Equal("2 per 60s", refused.Text("error/details/limit"));
        Assert.NotNull(refused.Text("error/details/resetAtMs"));
        Assert.Equal(("true", "true"), (health.Text("ok"), status.Text("ok")));
        Assert.Equal("hello", ofOther.Text("result/text"));
    }

    [Fact]
    [Trait("Requirement", "H2")]
    public async Task Over_http_the_refusal_is_429_with_the_time_to_wait()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = TwoPerMinute });
        using var first = await PostAsync(gateway, "chat.send");
        using var second = await PostAsync(gateway, "chat.send");

        using var third = await PostAsync(gateway, "chat.send");
        using var health = await PostAsync(gateway, "health");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("-32029", await third.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    [Trait("Requirement", "A2")]
    public async Task A_node_that_keeps_calling_methods_of_operators_is_closed()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var node = await WireClient.OpenAsync(gateway.Url + "/");
        var connect = OpenClawWire.ConnectParams(gateway.Token);
        connect["client"]!["id"] = "node-host";
        connect["client"]!["mode"] = "node";
        connect["role"] = "node";
        connect["scopes"] = new JsonArray();
        new TestDevice().Sign(connect, (await node.ReceiveAsync()).Text("payload/nonce")!, "v3", TimeSpan.Zero);
        var hello = await node.CallAsync("connect", connect);
        Assert.Equal("hello-ok", hello.Text("payload/type"));

        for (var call = 0; call < 10; call++)
        {
            Assert.Equal("unknown method: node.event", (await node.CallAsync("node.event")).Text("error/message"));
            Assert.Equal("unauthorized role: node", (await node.CallAsync("chat.history")).Text("error/message"));
        }

        Assert.Equal("true", (await node.CallAsync("health")).Text("ok"));
        Assert.Equal("unauthorized role: node", (await node.CallAsync("no.such.method")).Text("error/message"));
        Assert.Equal((1008, "repeated unauthorized calls"), await node.ClosedAsync());
    }

    /// <summary>Two, because as many may be no WebSockets: the refused client, which may not have closed yet, and the request after it.</summary>
    [Fact]
    public async Task One_connection_more_than_allowed_is_told_to_come_later()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(
            new GatewayStart(folder.Path) { Environment = [("CHELA_GATEWAY__LIMITS__MAXCONNECTIONS", "2")] });
        await using var first = await gateway.OpenOpenClawAsync();
        await using var second = await gateway.OpenOpenClawAsync();

        var refusal = await Record.ExceptionAsync(() => gateway.OpenSilentOpenClawAsync());
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.HttpUrl);
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==") })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.IsType<WebSocketException>(refusal);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (answer.StatusCode, answer.Headers.RetryAfter?.Delta));
        Assert.Equal("true", (await first.CallAsync("health")).Text("ok"));
    }

    /// <summary>The body is not read before there is a place for whoever has shown nothing.</summary>
    [Fact]
    [Trait("Requirement", "H2")]
    public async Task Bodies_of_strangers_are_bounded_in_number_and_those_of_wrong_tokens_not_read_at_all()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(
            new GatewayStart(folder.Path) { Environment = [("CHELA_GATEWAY__LIMITS__MAXUNAUTHENTICATEDPERADDRESS", "1")] });
        await using var silent = await gateway.OpenSilentOpenClawAsync();

        var stranger = await HeadAsync(gateway, "");
        var wrong = await HeadAsync(gateway, "Authorization: Bearer wrong-token-wrong-token\r\n");

        Assert.StartsWith("HTTP/1.1 503", stranger, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401", wrong, StringComparison.Ordinal);
    }

    /// <summary>Sends a request whose body never comes, and gives the first line of the answer.</summary>
    private static async Task<string?> HeadAsync(GatewayProcess gateway, string header)
    {
        using var patience = Patience.Begin();
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(gateway.HttpUrl.Host, gateway.HttpUrl.Port, patience.Token);
        var head = $"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{header}Content-Length: 1000\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), patience.Token);
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadLineAsync(patience.Token);
    }

    private static async Task<HttpResponseMessage> PostAsync(GatewayProcess gateway, string method)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", gateway.Token) } };
        using var content = new StringContent(
            JsonRpcWire.Call("1", method, method == "health" ? null : new JsonObject { ["text"] = "hello" }), Encoding.UTF8, "application/json");
        return await http.PostAsync(new Uri(gateway.HttpUrl, "/rpc"), content, TestContext.Current.CancellationToken);
    }
}
