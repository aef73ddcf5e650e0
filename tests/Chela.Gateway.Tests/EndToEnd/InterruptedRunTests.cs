using System.Net.WebSockets;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>
/// The process dies at each step of its storage, and again while the next start deals with what it left; then a client sends everything again.
/// Each message stands in its transcript once and has one answer: the agent's, or, where runs are not begun again, perhaps that it was interrupted.
/// </summary>
[Trait("Requirement", "B4")]
public sealed class InterruptedRunTests
{
    /// <summary>Messages in each session.</summary>
    private const int Each = 3;

    private static readonly string[] Sessions = ["agent:main:a", "agent:main:b"];

    [Theory]
    [InlineData("tell", "journal.before-write", 1, 5)]
    [InlineData("tell", "journal.after-write", 2, 6)]
    [InlineData("tell", "journal.after-fsync", 3, 5)]
    [InlineData("tell", "journal.segment-created", 1, 3)]
    [InlineData("continue", "journal.before-write", 3, 6)]
    [InlineData("continue", "journal.after-write", 1, 4)]
    [InlineData("continue", "journal.after-fsync", 2, 6)]
    [InlineData("continue", "journal.segment-created", 2, 4)]
    public async Task Wherever_the_process_dies_every_message_is_there_once_and_has_one_answer(string interrupted, string step, int once, int later)
    {
        foreach (var times in new[] { once, later })
        {
            using var folder = new TempFolder();
            (string, string) setting = ("CHELA_AGENTS__DEFAULTS__INTERRUPTED", interrupted);
            var dying = new GatewayStart(folder.Path) { Environment = [setting, ("CHELA_CRASH_AT", $"{step}@{times}")] };
            await LiveAsync(dying, isFirst: true);
            await LiveAsync(dying, isFirst: false);

            await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = [setting] });
            await using var client = await gateway.OpenOpenClawAsync();
            foreach (var (session, run) in Messages())
            {
                Assert.Contains(await client.SendChatAsync(session, run, TextOf(run)), new[] { "started", "in_flight", "ok" });
            }

            foreach (var session in Sessions)
            {
                await CheckAsync(client, session, interrupted, $"{step}@{times}");
            }
        }
    }

    /// <summary>Sends everything without waiting, until the process dies or has answered.</summary>
    private static async Task LiveAsync(GatewayStart start, bool isFirst)
    {
        await using var gateway = GatewayProcess.Launch(start);
        if (!await gateway.IsReadyAsync())
        {
            Assert.False(isFirst, $"It never started:\n{gateway.Errors.Text}");
            return;
        }

        try
        {
            await using var client = await gateway.OpenOpenClawAsync();
            foreach (var (session, run) in Messages())
            {
                await client.SendAsync(OpenClawWire.Request(run, "chat.send", OpenClawWire.ChatParams(session, run, TextOf(run))));
            }

            foreach (var session in Sessions)
            {
                await Patience.UntilAsync(async _ => (await client.HistoryAsync(session)).Count == 2 * Each, "everything was answered");
            }
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or HttpRequestException or IOException)
        {
            // It died in between, as it was told to.
        }
    }

    private static async Task CheckAsync(WireClient client, string session, string interrupted, string where)
    {
        await Patience.UntilAsync(
            async _ => (await client.HistoryAsync(session)).Count(line => line.Text("role") == "assistant") >= Each, $"everything was answered after {where}");
        var history = await client.HistoryAsync(session);
        Assert.Equal(2 * Each, history.Count);
        foreach (var (_, run) in Messages().Where(message => message.Session == session))
        {
            var lines = history.Where(line => line.Text("runId") == run).Select(OpenClawWire.Line).ToList();
            Assert.Equal($"user: {TextOf(run)}", lines[0]);
            var isTold = interrupted == "tell" && lines[1] == $"assistant (interrupted): [interrupted] {Interruption.Sentence}";
            Assert.True(isTold || lines[1] == $"assistant (stop): {TextOf(run)}", $"{where}: {lines[1]}");
        }
    }

    private static IEnumerable<(string Session, string Run)> Messages() =>
        Sessions.SelectMany(session => Enumerable.Range(0, Each).Select(number => (session, $"{session[^1]}{number}")));

    private static string TextOf(string run) => $"words of {run}";
}
