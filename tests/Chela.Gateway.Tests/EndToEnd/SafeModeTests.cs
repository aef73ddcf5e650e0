using System.Net;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Telegram;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable after it ended again and again.</summary>
[Trait("Requirement", "K7")]
public sealed class SafeModeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_three_starts_that_did_not_last_it_serves_without_channels_and_says_so_until_it_is_restarted()
    {
        await using var telegram = await FakeTelegram.StartAsync();
        var start = telegram.StartIn(_folder) with { MayBeSafe = true };
        for (var life = 0; life < 3; life++)
        {
            await using var victim = await GatewayProcess.StartAsync(start);
            victim.Kill();
            await victim.EndAsync();
        }

        var calls = telegram.Calls.Count;
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();
        await client.SendChatAsync("main", "run", "are you there");
        var answer = await client.ChatEndAsync("run");
        var health = await client.CallAsync("health");
        var (ready, webhook) = (await AskAsync(gateway, HttpMethod.Get, "/readyz"), await AskAsync(gateway, HttpMethod.Post, "/channels/telegram/default"));
        var status = await ChelaProcess.RunAsync(["gateway", "status", "--state-dir", gateway.StateDirectory]);
        var (_, findings, _) = await DoctorTrial.ReportAsync(gateway.StateDirectory);

        const string why = "safe mode, because the gateway ended 3 times within 5 minutes, soon after its start: ";
        Assert.Equal("final", answer.Text("state"));
        Assert.Contains($"  note   {why}", gateway.Output.Text, StringComparison.Ordinal);
        await SaysAsync(gateway, "The gateway is in safe mode");
        Assert.StartsWith(why, health.Text("payload/parts/mode/reason"), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, """{"ready":true,"failing":[],"safeMode":true}"""), ready);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, webhook.Status);
        Assert.Contains($"mode is degraded: {why}", status.Output, StringComparison.Ordinal);
        Assert.Contains(findings, finding => finding.Text("id") == "gateway.answers" && finding.Text("message")!.Contains(why, StringComparison.Ordinal));
        DoctorTrial.Of(findings, "starts.lasted", "error");
        Assert.Equal(calls, telegram.Calls.Count);

        await client.CallAsync("gateway.restart.request", new JsonObject { ["reason"] = "it is mended" });
        await telegram.WhenAsync(fake => fake.Calls.Count > calls);
        await Patience.UntilAsync(async _ => (await AskAsync(gateway, HttpMethod.Get, "/readyz")).Body == """{"ready":true,"failing":[]}""", "it is out of safe mode");
    }

    [Fact]
    public async Task It_is_in_safe_mode_where_that_is_asked_for_and_an_unreadable_record_of_starts_is_no_obstacle()
    {
        var start = new GatewayStart(_folder.Path) { MayBeSafe = true, Arguments = ["--safe-mode"] };
        var record = Path.Combine(start.StateDirectory!, "starts.json");
        Directory.CreateDirectory(start.StateDirectory!);
        await File.WriteAllTextAsync(record, "{ broken", Ct);
        await using var gateway = await GatewayProcess.StartAsync(start);

        Assert.Contains("note   safe mode, because it was asked for: ", gateway.Output.Text, StringComparison.Ordinal);
        await SaysAsync(gateway, "The record of starts");
        Assert.True(File.Exists(record));
        Assert.Equal(0, await gateway.TerminateAsync());
        Assert.False(File.Exists(record));
    }

    private static async Task SaysAsync(GatewayProcess gateway, string words)
    {
        using var patience = Patience.Begin();
        await gateway.Output.LineAsync(line => line.Contains(words, StringComparison.Ordinal), patience.Token);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(GatewayProcess gateway, HttpMethod method, string path)
    {
        using var http = new HttpClient { BaseAddress = gateway.HttpUrl };
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        using var answer = await http.SendAsync(request, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
