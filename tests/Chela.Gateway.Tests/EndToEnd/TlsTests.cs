using System.Buffers.Text;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Every port encrypted, at the real executable (A7).</summary>
[Trait("Requirement", "A7")]
public sealed class TlsTests : IDisposable
{
    private const string Own = """{ "enabled": true }""";

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_certificate_the_gateway_makes_one_and_its_own_commands_know_it()
    {
        await using var gateway = await TlsGateway.StartAsync(_folder, Own);

        var chat = await ChelaProcess.RunAsync(["chat", "Hello", "--state-dir", gateway.StateDirectory]);

        Assert.StartsWith("wss://127.0.0.1:", gateway.Url, StringComparison.Ordinal);
        Assert.Equal((0, "Hello\n"), (chat.ExitCode, chat.Output));
        Assert.Equal(Printed(gateway), (await TlsGateway.LookAsync(gateway)).Fingerprint);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(gateway.StateDirectory, "tls", "gateway.pem")));
        }
    }

    [Fact]
    public async Task The_gateways_own_certificate_stays_the_same_so_that_clients_can_remember_it()
    {
        await using var first = await TlsGateway.StartAsync(_folder, Own);
        await first.TerminateAsync();
        await using var second = await TlsGateway.StartAsync(_folder, Own);

        Assert.Equal(Printed(first), Printed(second));
    }

    [Fact]
    public async Task A_client_from_elsewhere_needs_the_fingerprint_and_is_told_so()
    {
        await using var gateway = await TlsGateway.StartAsync(_folder, Own);
        var printed = Printed(gateway);
        var spaced = string.Join(':', printed.ToUpperInvariant().Chunk(2).Select(pair => new string(pair)));

        var none = await CallAsync("--url", gateway.Url);
        var other = await CallAsync("--url", gateway.Url, "--tls-fingerprint", new string('0', 64));
        var right = await CallAsync("--url", gateway.Url, "--tls-fingerprint", spaced);
        var open = await CallAsync("--url", "ws://127.0.0.1:1", "--tls-fingerprint", printed);
        var bad = await CallAsync("--url", gateway.Url, "--tls-fingerprint", "abc");

        Assert.Contains($"no authority that this machine knows vouches for its certificate (SHA-256 {printed})", none.Error, StringComparison.Ordinal);
        Assert.Contains("another fingerprint", other.Error, StringComparison.Ordinal);
        Assert.Equal(0, right.ExitCode);
        Assert.Contains("is not encrypted", open.Error, StringComparison.Ordinal);
        Assert.Contains("64 hexadecimal digits", bad.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(0, new[] { none.ExitCode, other.ExitCode, open.ExitCode, bad.ExitCode });

        Task<Result> CallAsync(params string[] arguments) =>
            ChelaProcess.RunAsync(["gateway", "call", "health", "--token", gateway.Token, .. arguments]);
    }

    [Fact]
    [Trait("Requirement", "W1")]
    public async Task Every_dialect_is_spoken_over_tls()
    {
        await using var gateway = await TlsGateway.StartAsync(_folder, Own);

        Assert.Contains("connect.challenge", await HearAsync(gateway, "/", ""), StringComparison.Ordinal);
        Assert.Contains("\"ok\":true", await HearAsync(gateway, "/rpc", """{"jsonrpc":"2.0","id":"1","method":"health"}"""), StringComparison.Ordinal);
        Assert.Contains("\"ok\":true", await HearAsync(gateway, "/plain", """{"id":"1","method":"health"}"""), StringComparison.Ordinal);
        Assert.Contains("Pong", await HearAsync(gateway, "/session", "\"Ping\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_tls_1_2_and_1_3_are_spoken_and_nothing_in_the_open()
    {
        await using var gateway = await TlsGateway.StartAsync(_folder, Own);
        using var http = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://{new Uri(gateway.Url).Authority}/healthz"), Ct));
        Assert.Equal(SslProtocols.Tls12, (await TlsGateway.LookAsync(gateway, SslProtocols.Tls12)).Protocol);
        Assert.Equal(SslProtocols.Tls13, (await TlsGateway.LookAsync(gateway, SslProtocols.Tls13)).Protocol);
    }

    [Theory]
    [InlineData("""{ "enabled": true }, "http": { "securityHeaders": { "strictTransportSecurity": "max-age=60" } }""", true)]
    [InlineData("""{ "enabled": false }, "http": { "securityHeaders": { "strictTransportSecurity": "max-age=60" } }""", false)]
    [InlineData("""{ "enabled": true }""", false)]
    public async Task Browsers_are_told_to_stay_with_tls_over_tls_and_where_that_is_wanted(string tls, bool isTold)
    {
        await using var gateway = await TlsGateway.StartAsync(_folder, tls);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var http = new HttpClient(handler);

        using var answer = await http.GetAsync(new Uri(gateway.HttpUrl, "/healthz"), Ct);

        Assert.Equal(isTold ? "max-age=60" : null, answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task A_setup_code_names_the_certificate()
    {
        await using var gateway = await TlsGateway.StartAsync(_folder, Own);

        var made = await ChelaProcess.RunAsync(["gateway", "call", "device.pair.setupCode", "--json", "--state-dir", gateway.StateDirectory]);
        var code = JsonElement.Parse(made.Output).Text("setupCode")!;
        var payload = JsonElement.Parse(Base64Url.DecodeFromChars(code));

        Assert.Equal((gateway.Url, Printed(gateway)), (payload.Text("url"), payload.Text("tlsFingerprint")));
    }

    private static async Task<string> HearAsync(GatewayProcess gateway, string path, string message)
    {
        using var patience = Patience.Begin();
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => TlsGateway.FingerprintOf(shown!) == Printed(gateway);
        await socket.ConnectAsync(new Uri(gateway.Url + path), patience.Token);
        if (message.Length > 0)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        }

        var frame = new byte[64 * 1024];
        var (length, isWhole) = (0, false);
        while (!isWhole)
        {
            var part = await socket.ReceiveAsync(frame.AsMemory(length), patience.Token);
            (length, isWhole) = (length + part.Count, part.EndOfMessage);
        }

        return Encoding.UTF8.GetString(frame, 0, length);
    }

    private static string Printed(GatewayProcess gateway) =>
        gateway.Output.Text.Split('\n').Single(line => line.StartsWith("  tls    SHA-256 ", StringComparison.Ordinal)).Trim().Split(' ')[^1];
}
