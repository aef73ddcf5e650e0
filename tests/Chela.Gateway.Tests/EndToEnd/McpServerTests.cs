using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Connections.Mcp;
using Chela.Gateway.Tests.Support;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable as an MCP server: with the client of the protocol's SDK, and with requests that no SDK would make.</summary>
[Trait("Requirement", "G3")]
public sealed class McpServerTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private GatewayProcess Gateway => fixture.Gateway;

    public static TheoryData<string> Versions => [.. McpHeaders.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    [Trait("Requirement", "W9")]
    public async Task A_client_of_any_version_lists_the_tools_and_talks_with_an_agent(string version)
    {
        await using var client = await ConnectAsync(Gateway, version);

        var tools = await client.ListToolsAsync(cancellationToken: Ct);
        var answer = await client.CallToolAsync("chat_send", Arguments(("text", "ahoi"), ("session_key", version)), cancellationToken: Ct);
        var history = await client.CallToolAsync("chat_history", Arguments(("session_key", version)), cancellationToken: Ct);

        Assert.Equal(version, client.NegotiatedProtocolVersion);
        Assert.Contains(tools, tool => tool is { Name: "sessions_list", Description.Length: > 0 });
        Assert.Equal("ahoi", JsonElement.Parse(TextOf(answer)).Text("text"));
        Assert.Equal(["user", "assistant"], JsonElement.Parse(TextOf(history)).GetProperty("messages").EnumerateArray().Select(message => message.Text("role")));
    }

    [Fact]
    public async Task Every_tool_that_looks_is_marked_so_and_answers()
    {
        await using var client = await ConnectAsync(Gateway);
        await client.CallToolAsync("chat_send", Arguments(("text", "findable"), ("session_key", "looked-at")), cancellationToken: Ct);

        var tools = await client.ListToolsAsync(cancellationToken: Ct);

        foreach (var tool in tools.Where(tool => tool.ProtocolTool.Annotations?.ReadOnlyHint == true))
        {
            var arguments = tool.Name switch
            {
                "sessions_describe" => Arguments(("key", "agent:main:looked-at")),
                "sessions_search" => Arguments(("query", "findable")),
                _ => Arguments(),
            };
            var answer = await client.CallToolAsync(tool.Name, arguments, cancellationToken: Ct);
            Assert.True(answer.IsError != true, $"{tool.Name}: {TextOf(answer)}");
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(TextOf(answer)).ValueKind);
        }

        Assert.Equal(["chat_abort", "chat_send"], tools.Where(tool => tool.ProtocolTool.Annotations?.ReadOnlyHint != true).Select(tool => tool.Name));
    }

    [Fact]
    public async Task What_is_wrong_with_arguments_is_told_to_the_model_and_an_unknown_tool_to_the_client()
    {
        await using var client = await ConnectAsync(Gateway);

        var answer = await client.CallToolAsync("chat_send", Arguments(("txt", "ahoi")), cancellationToken: Ct);
        var refusal = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("config_get", cancellationToken: Ct));

        Assert.True(answer.IsError);
        Assert.Contains("unexpected property 'txt'", TextOf(answer), StringComparison.Ordinal);
        Assert.Equal(McpErrorCode.InvalidParams, refusal.ErrorCode);
    }

    [Fact]
    [Trait("Requirement", "A6")]
    public async Task A_chat_that_comes_too_often_is_refused_in_words()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = [("CHELA_GATEWAY__LIMITS__MAXCHATPERMINUTE", "1")] });
        await using var client = await ConnectAsync(gateway);
        await client.CallToolAsync("chat_send", Arguments(("text", "one")), cancellationToken: Ct);

        var second = await client.CallToolAsync("chat_send", Arguments(("text", "two")), cancellationToken: Ct);

        Assert.True(second.IsError);
        Assert.StartsWith("rate limit exceeded for chat.send; retry after ", TextOf(second), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "[" + Ping + "]", HttpStatusCode.BadRequest)]
    [InlineData("POST", "{", HttpStatusCode.BadRequest)]
    [InlineData("POST", "", HttpStatusCode.BadRequest)]
    [InlineData("POST", """{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", """{"jsonrpc":"2.0","method":"notifications/initialized"}""", HttpStatusCode.Accepted)]
    [InlineData("POST", """{"jsonrpc":"2.0","id":1,"result":{}}""", HttpStatusCode.Accepted)]
    [InlineData("POST", Ping, HttpStatusCode.OK)]
    [InlineData("POST", Ping, HttpStatusCode.BadRequest, "MCP-Protocol-Version", "1999-01-01")]
    [InlineData("POST", Ping, HttpStatusCode.Forbidden, "Origin", "https://evil.example")]
    [InlineData("POST", Ping, HttpStatusCode.MisdirectedRequest, "Host", "evil.example")]
    [InlineData("POST", Ping, HttpStatusCode.UnsupportedMediaType, "Content-Type", "text/plain")]
    [InlineData("POST", Ping, HttpStatusCode.Unauthorized, "Authorization", "Bearer wrong-0123456789abcdef")]
    [InlineData("POST", Ping, HttpStatusCode.Unauthorized, "Authorization", "")]
    [Trait("Requirement", "W8")]
    [Trait("Requirement", "H2")]
    public async Task A_request_gets_the_status_that_it_deserves(string method, string body, HttpStatusCode expected, string? header = null, string value = "")
    {
        using var answer = await SendAsync(method, body, (header, value));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Unauthorized, answer.Headers.WwwAuthenticate.Contains(new AuthenticationHeaderValue("Bearer")));
    }

    [Theory]
    [InlineData("tools/list", null, HttpStatusCode.OK)]
    [InlineData("tools/call", "health", HttpStatusCode.OK)]
    [InlineData("tools/call", "=?base64?aGVhbHRo?=", HttpStatusCode.OK)]
    [InlineData("tools/call", "=?base64?a?=", HttpStatusCode.BadRequest)]
    [InlineData("tools/call", "chat_send", HttpStatusCode.BadRequest)]
    [InlineData("tools/call", null, HttpStatusCode.BadRequest)]
    [InlineData("resources/list", null, HttpStatusCode.NotFound)]
    public async Task The_headers_of_the_newest_version_have_to_fit_the_message(string method, string? name, HttpStatusCode expected)
    {
        using var answer = await SendAsync(
            "POST", ModernCall(method), ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method), (name is null ? null : "Mcp-Name", name ?? ""));
        using var withoutMethod = await SendAsync("POST", ModernCall(method), ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Name", name ?? ""));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, withoutMethod.StatusCode);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(100_000)]
    public async Task What_is_nested_too_deeply_is_refused(int depth)
    {
        var nested = new string('[', depth) + new string(']', depth);

        using var answer = await SendAsync("POST", """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":DEEP}}""".Replace("DEEP", nested, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>The client waits with the body until it is wanted: what is not read could break its sending.</summary>
    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        using var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan });
        using var request = RequestOf("POST", $$$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"{{{new string('a', 1_100_000)}}}"}}""");
        request.Headers.ExpectContinue = true;

        using var answer = await http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static string ModernCall(string method) => """
        {"jsonrpc":"2.0","id":1,"method":"METHOD","params":{"name":"health","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
         "io.modelcontextprotocol/clientInfo":{"name":"trial","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
        """.Replace("METHOD", method, StringComparison.Ordinal);

    private static async Task<McpClient> ConnectAsync(GatewayProcess gateway, string? version = null)
    {
        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri(gateway.HttpUrl, "/mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {gateway.Token}" },
        };
        return await McpClient.CreateAsync(new HttpClientTransport(options), new McpClientOptions { ProtocolVersion = version }, cancellationToken: Ct);
    }

    private static Dictionary<string, object?> Arguments(params (string Name, string Value)[] arguments) =>
        arguments.ToDictionary(argument => argument.Name, argument => (object?)argument.Value);

    private static string TextOf(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    private async Task<HttpResponseMessage> SendAsync(string method, string body, params (string? Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = RequestOf(method, body, headers);
        return await http.SendAsync(request, Ct);
    }

    private HttpRequestMessage RequestOf(string method, string body, params (string? Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Gateway.HttpUrl, "/mcp"))
        {
            Content = new StringContent(body, Encoding.UTF8, headers is [("Content-Type", var type)] ? type : "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Gateway.Token}");
        foreach (var (name, value) in headers.Where(header => header.Name is not (null or "Content-Type")))
        {
            request.Headers.Remove(name!);
            if (value.Length > 0)
            {
                request.Headers.TryAddWithoutValidation(name!, value);
            }
        }

        return request;
    }
}
