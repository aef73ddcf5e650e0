using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Figures for Prometheus, from the real executable and read by Prometheus' own tool.</summary>
[Trait("Requirement", "O2")]
public sealed class MetricsTests : IAsyncLifetime
{
    private const string Token = "metrics-0123456789";

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();
    private GatewayProcess _gateway = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path)
    {
        Environment = [("CHELA_DIAGNOSTICS__PROMETHEUS__TOKEN", Token)],
    });

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_happened_is_counted_from_the_start_on()
    {
        await using var client = await _gateway.OpenOpenClawAsync();
        await client.CallAsync("health", []);
        await client.CallAsync("health", []);
        await client.CallAsync("sessions.describe", []);
        await client.SendChatAsync("main", "run", "hello");
        await client.ChatEndAsync("run");
        await Patience.UntilAsync(async _ => (await FiguresAsync()).GetValueOrDefault("chela_run_duration_seconds_count{status=\"Done\"}") == 1, "the run was counted");

        var figures = await FiguresAsync();

        Assert.Equal(2, figures["chela_call_duration_seconds_count{method=\"health\"}"]);
        Assert.Equal(2, figures["chela_call_duration_seconds_bucket{method=\"health\",le=\"+Inf\"}"]);
        Assert.Equal(1, figures["chela_call_duration_seconds_count{method=\"sessions.describe\",error_type=\"InvalidParams\"}"]);
        Assert.Equal(1, figures["chela_inbox_wait_seconds_count"]);
        Assert.Equal(1, figures["chela_connections"]);
        Assert.Equal(0, figures["chela_runs_active"]);
        Assert.True(figures["dotnet_process_memory_working_set_bytes"] > 1_000_000);
    }

    [Fact]
    public async Task Prometheus_own_tool_finds_nothing_to_say_about_them()
    {
        await using var client = await _gateway.OpenOpenClawAsync();
        await client.SendChatAsync("main", "run", "hello");
        await client.ChatEndAsync("run");

        using var tool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await tool.StandardInput.WriteAsync(await (await GetAsync(Token)).Content.ReadAsStringAsync(Ct));
        tool.StandardInput.Close();
        var said = await tool.StandardOutput.ReadToEndAsync(Ct) + await tool.StandardError.ReadToEndAsync(Ct);
        await tool.WaitForExitAsync(Ct);

        Assert.Equal(("", 0), (said, tool.ExitCode));
    }

    [Fact]
    [Trait("Requirement", "A5")]
    public async Task Only_their_own_token_opens_them_and_it_opens_nothing_else()
    {
        using var right = await GetAsync(Token);
        using var none = await GetAsync(null);
        using var gateways = await GetAsync(_gateway.Token);
        using var call = new HttpRequestMessage(HttpMethod.Post, $"{HttpUrl}/rpc") { Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"status"}""", new MediaTypeHeaderValue("application/json")) };
        call.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var elsewhere = await _http.SendAsync(call, Ct);

        Assert.Equal((HttpStatusCode.OK, "text/plain"), (right.StatusCode, right.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, gateways.StatusCode);
        Assert.Contains("diagnostics.prometheus.token", await gateways.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Without_a_token_for_them_there_are_none()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));

        using var answer = await _http.GetAsync(new Uri($"{gateway.Url.Replace("ws://", "http://", StringComparison.Ordinal)}/metrics"), Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Set diagnostics.prometheus.token to have them.", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private string HttpUrl => _gateway.Url.Replace("ws://", "http://", StringComparison.Ordinal);

    private async Task<Dictionary<string, double>> FiguresAsync()
    {
        using var answer = await GetAsync(Token);
        var lines = (await answer.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Where(line => line[0] != '#').Select(line => (Line: line, At: line.LastIndexOf(' ')))
            .ToDictionary(line => line.Line[..line.At], line => double.Parse(line.Line[(line.At + 1)..], CultureInfo.InvariantCulture));
    }

    private Task<HttpResponseMessage> GetAsync(string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{HttpUrl}/metrics");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return _http.SendAsync(request, Ct);
    }
}
