using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Conversations that are summarized because somebody asks for it, by the command and by the method, through the real executable.</summary>
[Trait("Requirement", "B4")]
[Trait("Requirement", "B5")]
public sealed class AskedCompactionTests : ScriptedModelTest
{
    [Fact]
    public async Task The_command_has_the_older_part_summarized_as_wished_andModels_read_on_from_there()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await SayAsync(client, "main", 1, 2);
        Model.Enqueue(FakeOpenAiReply.Text("The summary."), FakeOpenAiReply.Text("to three"));

        await client.SendChatAsync("main", "compact", "/compact Keep the numbers");
        var reply = (await client.ChatEndAsync("compact")).Text("message/content/0/text");
        await SayAsync(client, "main", 3);

        Assert.Matches("^Summarized: about [0-9]+ tokens before, [0-9]+ now[.]$", reply);
        Assert.Contains("wants of it: Keep the numbers", Model.Requests[2].Messages[0], StringComparison.Ordinal);
        Assert.Contains("Message 1 ", Model.Requests[2].Messages[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Message 2 ", Model.Requests[2].Messages[1], StringComparison.Ordinal);
        Assert.EndsWith("The summary.", Model.Requests[3].Messages[0], StringComparison.Ordinal);
        Assert.Equal(["2", "3"], Asked(Model.Requests[3]));
        Assert.Equal(["user", "assistant", "user", "assistant", "system", "user", "assistant"], (await client.HistoryAsync("main")).Select(line => line.Text("role")));
        var row = Assert.Single((await client.CallAsync("sessions.list")).List("payload/sessions"));
        Assert.Equal("1", row.Text("compactionCount"));
    }

    [Fact]
    public async Task Where_there_is_nothing_to_summarize_that_is_said_and_noModel_is_asked()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        var nothing = await CommandAsync(client, "empty", "/compact");
        var missing = await CompactAsync(client, "empty");
        await SayAsync(client, "main", 1);
        var little = await CommandAsync(client, "main", "/compact:");
        var refused = await CompactAsync(client, "main");

        Assert.Equal("Nothing was said here that could be summarized.", nothing);
        Assert.Equal(("true", "false", "no sessionId"), (missing.Text("ok"), missing.Text("compacted"), missing.Text("reason")));
        Assert.Equal("Nothing was summarized. There is nothing old enough to be summarized.", little);
        Assert.Equal(("false", "false", "There is nothing old enough to be summarized."), (refused.Text("ok"), refused.Text("compacted"), refused.Text("reason")));
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task The_method_waits_for_what_runs_and_tells_those_who_watch()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await using var watcher = await gateway.OpenOpenClawAsync();
        await watcher.CallAsync("sessions.subscribe");
        await SayAsync(client, "main", 1);
        var mayEnd = new TaskCompletionSource();
        Model.Enqueue(FakeOpenAiReply.Held(mayEnd.Task, "to", " two"), FakeOpenAiReply.Text("The summary."));
        await client.SendChatAsync("main", "2", Text(2));
        await client.ChatAsync("2", "delta");

        var id = await BeginCompactAsync(client, "main");
        await client.CallAsync("health"); // behind it on the same connection
        mayEnd.SetResult();
        var done = (await client.AnswerAsync(id)).GetProperty("payload");

        Assert.Equal(("true", "agent:main:main", "true"), (done.Text("ok"), done.Text("key"), done.Text("compacted")));
        Assert.Equal(("The summary.", "2:user"), (done.Text("result/summary"), done.Text("result/firstKeptEntryId")));
        Assert.True(long.Parse(done.Text("result/tokensBefore")!, null) > long.Parse(done.Text("result/tokensAfter")!, null));
        await watcher.ReceiveAsync(frame => frame.Text("event") == "session.operation" && frame.Text("payload/phase") == "end" && frame.Text("payload/completed") == "true");
        await watcher.ReceiveAsync(frame => frame.Text("event") == "sessions.changed" && frame.Text("payload/reason") == "compact" && frame.Text("payload/compactionCount") == "1");
    }

    [Theory]
    [InlineData("/stop")]
    [InlineData("/reset")]
    public async Task What_stops_runs_stops_it_and_nothing_was_summarized(string command)
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await SayAsync(client, "main", 1, 2);
        Model.Enqueue(FakeOpenAiReply.Silence());
        var id = await BeginCompactAsync(client, "main");
        await AskedAsync(3);

        var reply = await CommandAsync(client, "main", command);
        var stopped = (await client.AnswerAsync(id)).GetProperty("payload");

        Assert.Equal(command == "/stop" ? "Stopped." : "A new conversation begins.", reply);
        Assert.Equal(("false", "It was stopped."), (stopped.Text("compacted"), stopped.Text("reason")));
        Assert.Equal(command == "/stop" ? 4 : 0, (await client.HistoryAsync("main")).Count);
    }

    [Fact]
    public async Task Killed_at_any_step_the_command_that_is_sent_again_has_it_summarized_once()
    {
        (string Step, int Times)[] blows = [("before-fsync", 1), ("after-fsync", 1), ("before-fsync", 2), ("after-fsync", 2)];
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            foreach (var round in Enumerable.Range(0, blows.Length))
            {
                await SayAsync(client, $"round{round}", 1, 2);
            }

            await gateway.TerminateAsync();
        }

        for (var round = 0; round < blows.Length; round++)
        {
            var session = $"round{round}";
            JsonObject Request() => OpenClawWire.ChatParams(session, $"compact{session}", "/compact");
            await using (var dying = await GatewayProcess.StartAsync(Start(("CHELA_CRASH_AT", $"journal.{blows[round].Step}@{blows[round].Times}"))))
            {
                await using var client = await dying.OpenOpenClawAsync();
                await client.TrySendAsync(OpenClawWire.Request("compact", "chat.send", Request()));
                await AnsweredOrDeadAsync(client);
                dying.Kill();
                await dying.EndAsync();
            }

            await using var again = await GatewayProcess.StartAsync(Start());
            await using var sender = await again.OpenOpenClawAsync();
            var answer = await sender.CallAsync("chat.send", Request());

            Assert.Equal("ok", answer.Text("payload/status"));
            Assert.Equal(["user", "assistant", "user", "assistant", "system"], (await sender.HistoryAsync(session)).Select(line => line.Text("role")));
        }
    }

    private GatewayStart Start(params (string Name, string Value)[] environment) => new(Folder.Path)
    {
        Environment =
        [
            ("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/fake-1"),
            ("CHELA_AGENTS__DEFAULTS__COMPACTION__MEMORYFLUSH__ENABLED", "false"), .. environment,
        ],
    };

    /// <summary>Sends messages one after the other, each its own run.</summary>
    private static async Task SayAsync(WireClient client, string session, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            await client.SendChatAsync(session, $"{session}{number}", Text(number));
            await client.ChatEndAsync($"{session}{number}");
        }
    }

    private static string Text(int number) => $"Message {number} {new string('x', 1000)}";

    private static async Task AnsweredOrDeadAsync(WireClient client)
    {
        try
        {
            await client.AnswerOrCloseAsync(frame => frame.Text("id") == "compact");
        }
        catch (WebSocketException)
        {
            // A process that was killed says no goodbye.
        }
    }

    private static async Task<string?> CommandAsync(WireClient client, string session, string command)
    {
        var parameters = new JsonObject { ["message"] = command, ["sessionKey"] = session, ["idempotencyKey"] = Guid.NewGuid().ToString() };
        return (await client.CallAsync("agent.run", parameters)).Text("payload/reply");
    }

    private static async Task<string> BeginCompactAsync(WireClient client, string session)
    {
        var id = client.NextId();
        await client.SendAsync(OpenClawWire.Request(id, "sessions.compact", new() { ["key"] = session }));
        return id;
    }

    private static async Task<JsonElement> CompactAsync(WireClient client, string session) =>
        (await client.CallAsync("sessions.compact", new() { ["key"] = session })).GetProperty("payload");

    /// <summary>Waits until the model was asked so often.</summary>
    private async Task AskedAsync(int times)
    {
        using var patience = Patience.Begin();
        for (var asked = 0; asked < times; asked++)
        {
            await Model.NextRequestAsync(patience.Token);
        }
    }

    private static IEnumerable<string> Asked(FakeOpenAiRequest request) =>
        request.Messages.Where(message => message.StartsWith("user: Message", StringComparison.Ordinal)).Select(message => message.Split(' ')[2]);
}
