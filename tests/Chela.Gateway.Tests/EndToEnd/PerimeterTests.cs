using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Connections;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Addresses, names, proxies and web pages that have no business with the gateway, at the real executable.</summary>
[Trait("Requirement", "A4")]
public sealed class PerimeterTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string OriginMessage =
        "origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)";

    private const string HealthCall = """{"jsonrpc":"2.0","id":1,"method":"health"}""";

    [Theory]
    [InlineData("/")]
    [InlineData("/rpc")]
    [InlineData("/plain")]
    [InlineData("/session")]
    public async Task Host_evil_example_is_refused_on_every_upgrade(string path)
    {
        var gateway = fixture.Gateway;

        var refusal = await Record.ExceptionAsync(() => WireClient.OpenAsync(gateway.Url + path, ("Host", "evil.example")));

        Assert.Contains("421", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
        await gateway.AssertAliveAsync();
    }

    [Theory]
    [InlineData("evil.example", 421)]
    [InlineData("localhost.evil.example:18789", 421)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("localhost", 200)]
    [InlineData("chat.example.org", 200)]
    public async Task Host_evil_example_is_refused_on_calls_over_http(string host, int status)
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder, ("CHELA_GATEWAY__HOSTS", "chat.example.org, other.example.org"));

        using var answer = await PostAsync(gateway, "application/json", HealthCall, ("Host", host));

        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 421)
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains("gateway.hosts", await TextAsync(answer), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Probes_answer_under_any_name()
    {
        var gateway = fixture.Gateway;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.HttpUrl, "/readyz")) { Headers = { Host = "pod.cluster" } };

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", null, 415)]
    [InlineData("application/jsonx", null, 415)]
    [InlineData("text/plain", "https://evil.example", 403)]
    [InlineData("application/json", "https://evil.example", 403)]
    [InlineData("application/json", "null", 403)]
    [InlineData("application/json", "http://localhost:5173", 200)]
    [InlineData("application/json; charset=utf-8", null, 200)]
    [Trait("Requirement", "H2")]
    public async Task A_cross_site_text_plain_POST_runs_nothing(string contentType, string? origin, int status)
    {
        var gateway = fixture.Gateway;

        using var answer = await PostAsync(gateway, contentType, HealthCall, origin is null ? [] : [("Origin", origin)]);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/rpc")]
    [InlineData("/plain")]
    [InlineData("/session")]
    public async Task A_page_of_another_origin_gets_no_socket(string path)
    {
        var gateway = fixture.Gateway;

        var refusal = await Record.ExceptionAsync(() => WireClient.OpenAsync(
            gateway.Url + path, ("Origin", "https://evil.example"), ("Authorization", $"Bearer {gateway.Token}")));
        await using var own = await WireClient.OpenAsync(gateway.Url + path, ("Origin", gateway.HttpUrl.GetLeftPart(UriPartial.Authority)));

        Assert.Contains("403", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example", "gateway-client", "backend", "origin not allowed")]
    [InlineData("null", "gateway-client", "backend", "origin missing or invalid")]
    [InlineData(null, "openclaw-control-ui", "webchat", "origin missing or invalid")]
    [InlineData(null, "webchat-ui", "webchat", "origin missing or invalid")]
    [Trait("Requirement", "W5")]
    public async Task A_page_of_another_origin_is_told_so_in_the_handshake(string? origin, string client, string mode, string reason)
    {
        var gateway = fixture.Gateway;
        await using var page = await WireClient.OpenAsync(gateway.Url + "/", origin is null ? [] : [("Origin", origin)]);
        var parameters = OpenClawWire.ConnectParams(gateway.Token);
        parameters["client"]!["id"] = client;
        parameters["client"]!["mode"] = mode;

        var answer = await page.CallAsync("connect", parameters);

        Assert.Equal(
            ("INVALID_REQUEST", OriginMessage, "CONTROL_UI_ORIGIN_NOT_ALLOWED", reason),
            (answer.Text("error/code"), answer.Text("error/message"), answer.Text("error/details/code"), answer.Text("error/details/reason")));
        Assert.Equal((1008, OriginMessage), await page.ClosedAsync());
    }

    [Theory]
    [InlineData("ui", "chrome-extension://abcdef", true, "device identity required")] // gets as far as any other without a secret
    [InlineData("ui", "chrome-extension://other", true, OriginMessage)]
    [InlineData("webchat", "chrome-extension://abcdef", true, null)]
    [InlineData("ui", "chrome-extension://abcdef", false, null)]
    [InlineData("ui", "http://127.0.0.1", true, null)]
    [InlineData("ui", null, true, null)]
    [Trait("Requirement", "W5")]
    public async Task The_name_of_the_browser_extension_is_only_for_extensions_that_are_allowed(string mode, string? origin, bool hasCaps, string? message)
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder, ("CHELA_GATEWAY__CONTROLUI__ALLOWEDORIGINS", "chrome-extension://abcdef"));
        await using var page = await WireClient.OpenAsync(gateway.Url + "/", origin is null ? [] : [("Origin", origin)]);
        var parameters = OpenClawWire.ConnectParams(gateway.Token);
        parameters.Remove("auth");
        parameters["client"]!["id"] = "openclaw-browser-copilot";
        parameters["client"]!["mode"] = mode;
        parameters["caps"] = hasCaps ? new JsonArray("run-tool-bindings", "session-scoped-events", "other") : new JsonArray("run-tool-bindings");

        var answer = await page.CallAsync("connect", parameters);

        Assert.Equal(message ?? BrowserOrigins.NoExtension, answer.Text("error/message"));
        Assert.Equal(1008, (await page.ClosedAsync()).Code);
    }

    [Theory]
    [InlineData("minProtocol", 99, 1002)] // the range is looked at before the origin
    [InlineData("role", "boss", 1008)]
    [Trait("Requirement", "W5")]
    public async Task Range_and_role_come_before_the_origin_and_the_secret_after_it(string field, object value, int code)
    {
        var gateway = fixture.Gateway;
        await using var first = await WireClient.OpenAsync(gateway.Url + "/", ("Origin", "https://evil.example"));
        await using var second = await WireClient.OpenAsync(gateway.Url + "/", ("Origin", "https://evil.example"));
        var parameters = OpenClawWire.ConnectParams(gateway.Token);
        parameters[field] = value is int number ? number : (string)value;
        parameters["maxProtocol"] = value is int ? 99 : 4;

        var answer = await first.CallAsync("connect", parameters);
        var wrongSecret = await second.CallAsync("connect", OpenClawWire.ConnectParams("wrong-token-wrong-token"));

        Assert.NotEqual(OriginMessage, answer.Text("error/message"));
        Assert.Equal(code, (await first.ClosedAsync()).Code);
        Assert.Equal(OriginMessage, wrongSecret.Text("error/message"));
    }

    [Fact]
    public async Task An_address_that_is_not_on_the_list_is_refused_before_anything_else()
    {
        using var folder = new TempFolder();
        await using var gateway = GatewayProcess.Launch(new GatewayStart(folder.Path)
        {
            Environment = [("CHELA_GATEWAY__ALLOWEDADDRESSES", "192.0.2.0/24")],
        });
        using var patience = Patience.Begin();
        var line = await gateway.Output.LineAsync(line => line.Contains(" listens on ", StringComparison.Ordinal), patience.Token);
        var url = new UriBuilder(line[(line.LastIndexOf(' ') + 1)..]) { Scheme = "http" }.Uri;
        using var http = new HttpClient { BaseAddress = url };

        using var probe = await http.GetAsync(new Uri("/healthz", UriKind.Relative), patience.Token);
        using var answer = await http.PostAsync(new Uri("/rpc", UriKind.Relative), new StringContent("x", Encoding.UTF8, "text/plain"), patience.Token);
        var refusal = await Record.ExceptionAsync(() => WireClient.OpenAsync($"ws://{url.Authority}/"));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (probe.StatusCode, answer.StatusCode));
        Assert.Contains("gateway.allowedAddresses", await TextAsync(answer), StringComparison.Ordinal);
        Assert.Contains("403", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_addresses_is_held_against_the_client_that_a_trusted_proxy_names()
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(
            folder, ("CHELA_GATEWAY__TRUSTEDPROXIES", "127.0.0.1"), ("CHELA_GATEWAY__ALLOWEDADDRESSES", "127.0.0.1, 192.0.2.0/24"));

        using var listed = await PostAsync(gateway, "application/json", HealthCall, ("X-Forwarded-For", "203.0.113.7, 192.0.2.1"));
        using var unlisted = await PostAsync(gateway, "application/json", HealthCall, ("X-Forwarded-For", "192.0.2.1, 203.0.113.7"));
        using var unknown = await PostAsync(gateway, "application/json", HealthCall, ("X-Forwarded-For", "unknown"));

        Assert.Equal((200, 403, 403), ((int)listed.StatusCode, (int)unlisted.StatusCode, (int)unknown.StatusCode));
        Assert.Contains("trusted proxy", await TextAsync(unknown), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_connections_are_counted_by_the_client_behind_a_trusted_proxy()
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(
            folder, ("CHELA_GATEWAY__TRUSTEDPROXIES", "127.0.0.1"), ("CHELA_GATEWAY__LIMITS__MAXUNAUTHENTICATEDPERADDRESS", "1"));
        await using var first = await WireClient.OpenAsync(gateway.Url + "/rpc", ("X-Forwarded-For", "2001:db8::1"));
        await using var other = await WireClient.OpenAsync(gateway.Url + "/rpc", ("X-Forwarded-For", "2001:db8:0:1::1"));

        var sameNetwork = await Record.ExceptionAsync(() => WireClient.OpenAsync(gateway.Url + "/rpc", ("X-Forwarded-For", "2001:db8::2")));

        Assert.Contains("503", Assert.IsType<WebSocketException>(sameNetwork).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5173", "")]
    [InlineData(null, "X-Forwarded-For")]
    [InlineData(null, "Forwarded")]
    [InlineData(null, "X-Real-IP")]
    public async Task A_browser_origin_from_loopback_or_a_proxy_on_it_is_never_auto_paired(string? origin, string header)
    {
        var gateway = fixture.Gateway;
        (string, string)[] headers = origin is null ? [(header, "127.0.0.1")] : [("Origin", origin)];

        var (page, answer) = await new TestDevice().ConnectAsync(gateway, ("token", gateway.Token), ["operator.read"], headers: headers);
        await using var _ = page;

        Assert.Equal(("NOT_PAIRED", "PAIRING_REQUIRED"), (answer.Text("error/code"), answer.Text("error/details/code")));
    }

    private static Task<GatewayProcess> StartAsync(TempFolder folder, params (string, string)[] environment) =>
        GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = environment });

    private static async Task<HttpResponseMessage> PostAsync(
        GatewayProcess gateway, string contentType, string body, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.HttpUrl, "/rpc"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<string> TextAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
