using System.Net.WebSockets;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>
/// The process dies at a step of its storage while an agent has a sub-agent do something, and the next start goes on: whatever became of the
/// sub-agent, the session that spawned it hears of it once, and answers.
/// </summary>
[Trait("Requirement", "G1")]
[Trait("Requirement", "B4")]
public sealed class SubagentCrashTests : ScriptedModelTest
{
    private const string Spawned = "user: [Your sub-agent ";

    /// <summary>Of the about fifteen steps until everything is answered: while the sub-agent is begun, runs, has ended, and when that is heard.</summary>
    private static readonly int[] Times = [5, 8, 10, 12, 14];

    [Theory]
    [InlineData("tell", "journal.after-fsync")]
    [InlineData("continue", "journal.before-fsync")]
    public async Task Wherever_the_process_dies_the_end_of_a_sub_agent_is_told_once_and_answered(string interrupted, string step)
    {
        Model.Script = Script;
        foreach (var times in Times)
        {
            using var folder = new TempFolder();
            var start = new GatewayStart(folder.Path)
            {
                Environment = [("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_AGENTS__DEFAULTS__INTERRUPTED", interrupted)],
            };
            await DieAsync(start with { Environment = [.. start.Environment, ("CHELA_CRASH_AT", $"{step}@{times}")] });

            await using var gateway = await GatewayProcess.StartAsync(start);
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("main", "asked", "Find out.");
            await Patience.UntilAsync(_ => IsOverAsync(client), $"everything was answered after {step}@{times}");

            var lines = (await client.HistoryAsync("main")).Select(line => (Run: line.Text("runId"), Text: OpenClawWire.Line(line))).ToList();
            Assert.Single(lines, line => line.Text == "user: Find out.");
            foreach (var told in lines.Where(line => line.Text.StartsWith(Spawned, StringComparison.Ordinal)))
            {
                Assert.Single(lines, line => line.Run == told.Run && line.Text.StartsWith("user", StringComparison.Ordinal));
                Assert.Single(lines, line => line.Run == told.Run && line.Text == "assistant (stop): I have heard of it.");
            }
        }
    }

    private static FakeOpenAiReply Script(FakeOpenAiRequest request) => request.Messages[^1] switch
    {
        "user: Find out." => FakeOpenAiReply.Calls(("session_spawn", """{"task":"Look."}""")),
        "user: Look." => FakeOpenAiReply.Text("There is a lake."),
        var told when told.StartsWith(Spawned, StringComparison.Ordinal) => FakeOpenAiReply.Text("I have heard of it."),
        _ => FakeOpenAiReply.Text("It is being looked for."),
    };

    /// <summary>Asks once, until the process dies or everything is over.</summary>
    private static async Task DieAsync(GatewayStart start)
    {
        await using var gateway = GatewayProcess.Launch(start);
        if (!await gateway.IsReadyAsync())
        {
            return;
        }

        try
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("main", "asked", "Find out.");
            await Patience.UntilAsync(_ => IsOverAsync(client), "everything was answered");
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or HttpRequestException or IOException)
        {
            // It died in between, as it was told to.
        }
    }

    /// <summary>True once nothing runs, and every sub-agent that did anything was heard of.</summary>
    private static async Task<bool> IsOverAsync(WireClient client)
    {
        var rows = (await client.CallAsync("sessions.list")).List("payload/sessions");
        if (rows.Any(row => row.Text("hasActiveRun") == "true"))
        {
            return false;
        }

        var history = await client.HistoryAsync("main");
        var heard = history.Select(OpenClawWire.Line).Where(line => line.StartsWith(Spawned, StringComparison.Ordinal)).ToList();
        foreach (var child in rows.Select(row => row.Text("key")!).Where(key => key.Contains(":subagent:", StringComparison.Ordinal)))
        {
            if ((await client.HistoryAsync(child)).Count > 0 && !heard.Exists(line => line.Contains(child, StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return history.Count(line => line.Text("role") == "assistant") >= history.Count(line => line.Text("role") == "user");
    }
}
