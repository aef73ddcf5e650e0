using System.Text;
using System.Text.Json;
using Chela.Client;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The client library against the real gateway, over a network that fails all the time.</summary>
[Trait("Requirement", "W7")]
[Trait("Requirement", "B4")]
public sealed class ReconnectTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const int Runs = 60;

    private readonly GatewayProcess _gateway = fixture.Gateway;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cut_off_again_and_again_a_client_hears_every_word_of_every_run_once_and_in_order()
    {
        var random = new Random(20261125);
        await using var proxy = new CuttingProxy(new Uri(_gateway.Url), () => random.Next(5_000, 30_000));
        await using var listener = await ConnectAsync(proxy.Url);
        using var events = listener.Subscribe(new GatewayEventFilter("chat"), capacity: 100_000);
        await using var speaker = await GatewayClient.ConnectAsync(Options(new Uri(_gateway.Url)), Ct);

        for (var run = 0; run < Runs; run++)
        {
            var words = string.Join(' ', Enumerable.Range(0, 40).Select(n => $"w{run}-{n}"));
            await speaker.CallAsync("chat.send", JsonElement.Parse(
                $$"""{"sessionKey":"resume-{{run % 7}}","message":"/slow 2 {{words}}","idempotencyKey":"{{Guid.NewGuid()}}"}"""), Ct);
        }

        var (said, missed) = (new Dictionary<string, StringBuilder>(), 0L);
        var ended = new List<(string Heard, string Whole)>();
        await foreach (var message in events.ReadAllAsync(Ct))
        {
            missed += message.Missed;
            var payload = message.Payload!.Value;
            var runId = payload.GetProperty("runId").GetString()!;
            var heard = said.TryGetValue(runId, out var known) ? known : said[runId] = new StringBuilder();
            if (payload.GetProperty("state").GetString() == "delta")
            {
                heard.Append(payload.GetProperty("deltaText").GetString());
                Assert.Equal(payload.Text("message/content/0/text"), heard.ToString());
                continue;
            }

            ended.Add((heard.ToString(), payload.Text("message/content/0/text")!));
            if (ended.Count == Runs)
            {
                break;
            }
        }

        Assert.All(ended, run => Assert.Equal(run.Whole, run.Heard));
        Assert.Equal(Runs, said.Count);
        Assert.Equal(0, missed);
        Assert.InRange(proxy.Cuts, 20, int.MaxValue);
    }

    [Fact]
    public async Task After_a_restart_of_the_gateway_the_client_is_back_and_knows_that_it_may_have_missed_something()
    {
        using var home = new TempFolder();
        var first = await GatewayProcess.StartAsync(new GatewayStart(home.Path));
        var port = new Uri(first.Url).Port;
        await using var client = await ConnectAsync(new Uri(first.Url), first.Token);
        using var events = client.Subscribe(new GatewayEventFilter("chat"));
        var before = client.Hello.ConnectionId;

        first.Kill();
        await first.DisposeAsync();
        await using var second = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { Port = port });
        await client.CallAsync("chat.send", JsonElement.Parse("""{"sessionKey":"main","message":"again","idempotencyKey":"k"}"""), Ct);
        var heard = await events.ReadAllAsync(Ct).FirstAsync(Ct);

        Assert.NotEqual(before, client.Hello.ConnectionId);
        Assert.InRange(heard.Missed, 1, long.MaxValue);
    }

    [Fact]
    public async Task A_client_that_is_refused_when_it_comes_back_ends_and_says_why()
    {
        using var home = new TempFolder();
        var first = await GatewayProcess.StartAsync(new GatewayStart(home.Path));
        await using var client = await ConnectAsync(new Uri(first.Url), first.Token);
        var call = client.CallAsync("agent.run", JsonElement.Parse("""{"message":"/slow 5000 one two three"}"""), Ct);
        var port = new Uri(first.Url).Port;
        first.Kill();
        await first.DisposeAsync();
        File.Delete(first.TokenFile);
        await using var second = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { Port = port });

        var end = await client.Closed.WaitAsync(Ct);

        await Assert.ThrowsAsync<GatewayClosedException>(() => call);
        Assert.Contains("unauthorized", end.Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<GatewayClosedException>(() => client.CallAsync("health", ct: Ct));
    }

    private Task<GatewayClient> ConnectAsync(Uri url, string? token = null) =>
        GatewayClient.ConnectAsync(Options(url, token) with { Reconnect = true, ReconnectDelay = TimeSpan.FromMilliseconds(1) }, Ct);

    private GatewayClientOptions Options(Uri url, string? token = null) => new() { Url = url, Token = token ?? _gateway.Token, CallTimeout = TimeSpan.FromMinutes(2) };
}
