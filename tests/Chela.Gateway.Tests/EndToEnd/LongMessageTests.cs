using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>More and longer messages than fit into memory.</summary>
[Trait("Requirement", "B1")]
[Trait("Requirement", "O4")]
public sealed class LongMessageTests
{
    private const int Clients = 4;
    private const int SessionsOfEach = 60;

    /// <summary>Nearly as long as a frame may be; all of them together are twice what the gateway may have.</summary>
    private static readonly string Text = $"/slow 5000 {string.Concat(Enumerable.Repeat("word ", 1000))}{new string('x', 1_000_000)}";

    private static readonly (string Name, string Value)[] SmallHeap = [("DOTNET_GCHeapHardLimit", "0x10000000")];

    [Fact]
    public async Task Long_messages_to_many_sessions_are_refused_before_memory_runs_out_and_none_that_was_accepted_is_lost()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = SmallHeap };
        List<string> accepted;
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => FloodAsync(gateway, client)));
            accepted = [.. answers.SelectMany(all => all).Where(one => one.Answer.Text("payload/status") == "started").Select(one => one.Session)];
            var refused = answers.SelectMany(all => all).Where(one => one.Answer.Text("ok") == "false").Select(one => one.Answer).ToList();

            Assert.Equal(Clients * SessionsOfEach, accepted.Count + refused.Count);
            Assert.InRange(accepted.Count, 8, 40); // a quarter of the memory holds 32
            Assert.All(refused, answer => Assert.Equal("5000", answer.Text("error/retryAfterMs")));
            await gateway.AssertAliveAsync();
            gateway.Kill();
            await gateway.EndAsync();
        }

        await using var next = await GatewayProcess.StartAsync(start);
        await using var client = await next.OpenOpenClawAsync();
        foreach (var session in accepted)
        {
            var lines = (await client.HistoryAsync(session)).Select(message => $"{message.Text("role")} {message.Text("runId")} {message.Text("stopReason")}");
            Assert.Equal([$"user {session} ", $"assistant {session} interrupted"], lines);
        }
    }

    private static async Task<List<(string Session, JsonElement Answer)>> FloodAsync(GatewayProcess gateway, int number)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        var sessions = Enumerable.Range(0, SessionsOfEach).Select(session => $"s-{number}-{session}").ToList();
        var sending = SendAsync();
        var answers = new List<(string, JsonElement)>();
        foreach (var session in sessions)
        {
            answers.Add((session, await client.AnswerAsync(session)));
        }

        await sending;
        return answers;

        async Task SendAsync()
        {
            foreach (var session in sessions)
            {
                await client.SendAsync(OpenClawWire.Request(session, "chat.send", OpenClawWire.ChatParams(session, session, Text)));
            }
        }
    }
}
