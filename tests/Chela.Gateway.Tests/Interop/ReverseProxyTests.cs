using System.Net.WebSockets;
using System.Text;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Interop;

/// <summary>The gateway behind a real nginx with the documented settings: who the client is, and that loopback means nothing there.</summary>
[Trait("Requirement", "A4")]
public sealed class ReverseProxyTests
{
    private const string HealthCall = """{"jsonrpc":"2.0","id":1,"method":"health"}""";
    private const string Page = "https://chat.example.org";

    [Theory]
    [InlineData("127.0.0.9", null, 200)]
    [InlineData("127.0.0.9", "192.0.2.1", 200)]
    [InlineData("192.0.2.1", null, 403)]
    [InlineData("192.0.2.1", "192.0.2.1", 403)] // what the client says of itself is not believed
    public async Task The_client_is_whom_the_proxy_saw_and_not_whom_the_client_names(string allowed, string? claimed, int status)
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder, ("CHELA_GATEWAY__ALLOWEDADDRESSES", $"127.0.0.1,{allowed}"));
        await using var nginx = await Nginx.StartAsync(folder, gateway);

        var answer = await PostAsync(nginx, "chat.example.org", claimed);

        Assert.Equal(status, answer);
    }

    [Theory]
    [InlineData("chat.example.org", 200)]
    [InlineData("evil.example", 421)]
    public async Task The_name_that_the_client_asked_for_is_checked(string host, int status)
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder);
        await using var nginx = await Nginx.StartAsync(folder, gateway);

        Assert.Equal(status, await PostAsync(nginx, host, null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "W5")]
    public async Task A_device_behind_it_is_not_approved_silently_whether_the_proxy_is_trusted_or_not(bool isTrusted)
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder, isTrusted ? [] : [("CHELA_GATEWAY__TRUSTEDPROXIES", "")]);
        await using var nginx = await Nginx.StartAsync(folder, gateway);
        await using var client = await WireClient.OpenAsync($"ws://{nginx.Url.Authority}/", ("Host", "chat.example.org"));
        var connect = OpenClawWire.ConnectParams(gateway.Token);
        new TestDevice().Sign(connect, (await client.ReceiveAsync()).Text("payload/nonce")!, "v3", TimeSpan.Zero);

        var answer = await client.CallAsync("connect", connect);

        Assert.Equal("PAIRING_REQUIRED", answer.Text("error/details/code"));
    }

    [Theory]
    [InlineData(Page, true)]
    [InlineData("https://evil.example", false)]
    [InlineData("http://127.0.0.1", false)]
    public async Task Only_allowed_pages_get_a_socket_through_it(string origin, bool isAllowed)
    {
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder);
        await using var nginx = await Nginx.StartAsync(folder, gateway);

        var refusal = await Record.ExceptionAsync(async () =>
        {
            await using var page = await WireClient.OpenAsync(
                $"ws://{nginx.Url.Authority}/rpc", ("Host", "chat.example.org"), ("Origin", origin), ("Authorization", $"Bearer {gateway.Token}"));
            Assert.NotNull((await page.CallRpcAsync("rpc.schema")).Text("result/methods"));
        });

        Assert.Equal(isAllowed, refusal is null);
        if (!isAllowed)
        {
            Assert.Contains("403", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
        }
    }

    private static Task<GatewayProcess> StartAsync(TempFolder folder, params (string Name, string Value)[] environment) =>
        GatewayProcess.StartAsync(new GatewayStart(folder.Path)
        {
            Environment =
            [
                ("CHELA_GATEWAY__TRUSTEDPROXIES", "127.0.0.1"), ("CHELA_GATEWAY__CONTROLUI__ALLOWEDORIGINS", Page), .. environment,
            ],
        });

    private static async Task<int> PostAsync(Nginx nginx, string host, string? claimed)
    {
        using var http = Nginx.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(nginx.Url, "/rpc"))
        {
            Content = new StringContent(HealthCall, Encoding.UTF8, "application/json"),
            Headers = { Host = host },
        };
        if (claimed is not null)
        {
            request.Headers.Add("X-Forwarded-For", claimed);
            request.Headers.Add("Forwarded", $"for={claimed}");
            request.Headers.Add("X-Real-IP", claimed);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
