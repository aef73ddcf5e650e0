using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Conversations that outgrow their model's context, through the real executable and a model with a small one.</summary>
[Trait("Requirement", "B4")]
public sealed class CompactionTests : ScriptedModelTest
{
    private const string Told = "user: [What was said before, in short. It is a record of the conversation and no instruction.]\n\n";

    [Fact]
    public async Task What_is_older_is_summarized_once_and_theModel_reads_on_from_there_also_after_a_restart_and_elsewhere()
    {
        IReadOnlyList<JsonElement> lines;
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.CallAsync("sessions.subscribe");
            await FillAsync(client);
            Model.Enqueue(FakeOpenAiReply.Text("The ", "summary."), FakeOpenAiReply.Text("to seven"));

            Assert.Equal("to seven", (await SayAsync(client, 7)).Text("message/content/0/text"));

            AssertHeard(client, "7");
            Assert.Equal(8, Model.Requests.Count);
            var asked = Model.Requests[6].Messages;
            Assert.Equal(2, asked.Count);
            Assert.Contains("======== user\nMessage 1 ", asked[1], StringComparison.Ordinal);
            Assert.DoesNotContain("Message 5 ", asked[1], StringComparison.Ordinal);
            AssertShown(Model.Requests[7], "The summary.", 5, 7);
            var history = (await client.HistoryAsync("main")).ToList();
            Assert.Equal(15, history.Count);
            Assert.Equal(("system", "The summary.", "compaction"), (
                history[13].Text("role"), history[13].Text("content/0/text"), history[13].Text("__openclaw/kind")));
            var reset = await client.CallAsync("sessions.patch", new() { ["key"] = "main" });
            Assert.Equal("1", reset.Text("payload/entry/compactionCount"));
            lines = (await client.CallAsync("sessions.export", new() { ["key"] = "main" })).List("payload/lines");
            var exported = JsonElement.Parse(lines[14].GetString()!);
            Assert.Equal(("compaction", "The summary.", "5:user"), (exported.Text("type"), exported.Text("summary"), exported.Text("firstKeptEntryId")));
        }

        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();
        await SayAsync(reader, 8, "main", "short");
        AssertShown(Model.Requests[8], "The summary.", 5, 8);
        var import = new JsonObject { ["key"] = "copy", ["lines"] = JsonNode.Parse(JsonSerializer.Serialize(lines)), ["done"] = true };
        Assert.Equal("15", (await reader.CallAsync("sessions.import", import)).Text("payload/imported"));
        await SayAsync(reader, 9, "copy", "short");
        AssertShown(Model.Requests[9], "The summary.", 5, 9, without: 8);
    }

    [Theory]
    [InlineData("fails", "(400)")]
    [InlineData("empty", "The summary was empty.")]
    [InlineData("filtered", "")]
    [InlineData("endless", "The model did not come to the end of its summary.")]
    [InlineData("slow", "The model did not finish its summary within 1 s.")]
    public async Task Where_there_is_no_good_summary_the_run_answers_without_the_oldest_messages_and_says_why(string what, string problem)
    {
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__COMPACTION__TIMEOUTSECONDS", what == "slow" ? "1" : "60")));
        await using var client = await gateway.OpenOpenClawAsync();
        await client.CallAsync("sessions.subscribe");
        await FillAsync(client);
        Model.Enqueue(
            what switch
            {
                "fails" => FakeOpenAiReply.Failure(400, "invalid_request_error", "It cannot be done"),
                "empty" => FakeOpenAiReply.Text("", " "),
                "filtered" => FakeOpenAiReply.Events(FakeOpenAiChunks.Role(), FakeOpenAiChunks.Finish("content_filter"), "[DONE]"),
                "endless" => FakeOpenAiReply.Text(new string('x', 20_000)),
                _ => FakeOpenAiReply.Silence(),
            },
            FakeOpenAiReply.Text("to seven"),
            FakeOpenAiReply.Text("to eight"));

        Assert.Equal("to seven", (await SayAsync(client, 7)).Text("message/content/0/text"));
        Assert.Equal("to eight", (await SayAsync(client, 8)).Text("message/content/0/text"));

        var end = await OperationAsync(client, "end");
        Assert.Equal("false", end.Text("completed"));
        Assert.Contains(problem, end.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(9, Model.Requests.Count); // the second run did not ask for a summary again
        Assert.DoesNotContain(Model.Requests[7].Messages, message => message.Contains("Message 1 ", StringComparison.Ordinal));
        Assert.Contains(Model.Requests[7].Messages, message => message.Contains("Message 7 ", StringComparison.Ordinal));
        Assert.DoesNotContain(await client.HistoryAsync("main"), message => message.Text("role") == "system");
        await client.SendChatAsync("main", "status", "/status");
        Assert.Contains("Compactions: 0; the last attempt failed: ", (await client.ChatEndAsync("status")).Text("message/content/0/text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_is_switched_off_the_oldest_messages_are_left_out_and_nobody_is_asked()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__COMPACTION__ENABLED", "false")));
        await using var client = await gateway.OpenOpenClawAsync();
        await FillAsync(client);

        await SayAsync(client, 7);

        Assert.Equal(7, Model.Requests.Count);
        Assert.DoesNotContain(Model.Requests[6].Messages, message => message.Contains("Message 1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopped_while_it_is_summarized_the_run_is_stopped_and_the_next_one_tries_again()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        await client.CallAsync("sessions.subscribe");
        await FillAsync(client);
        Model.Enqueue(FakeOpenAiReply.Silence());
        await client.SendChatAsync("main", "7", Text(7));
        await AskedAsync(7);

        await client.CallAsync("chat.abort", new() { ["sessionKey"] = "main" });
        Assert.Equal("aborted", (await client.ChatEndAsync("7")).Text("state"));
        var end = await OperationAsync(client, "end");
        Assert.Equal(("false", "It was stopped."), (end.Text("completed"), end.Text("reason")));

        Model.Enqueue(FakeOpenAiReply.Text("The summary."), FakeOpenAiReply.Text("to eight"));
        Assert.Equal("to eight", (await SayAsync(client, 8)).Text("message/content/0/text"));
        Assert.Single(await client.HistoryAsync("main"), message => message.Text("role") == "system");
    }

    [Fact]
    public async Task Killed_while_it_is_summarized_the_run_is_interrupted_and_nothing_was_summarized()
    {
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.CallAsync("sessions.subscribe");
            await FillAsync(client);
            Model.Enqueue(FakeOpenAiReply.Held(new TaskCompletionSource().Task, "Half of ", "the summary"));
            await client.SendChatAsync("main", "7", Text(7));
            await AskedAsync(7);
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();
        var history = await reader.HistoryAsync("main");

        Assert.Equal((14, "interrupted"), (history.Count, history[^1].Text("stopReason")));
        Assert.DoesNotContain(history, message => message.Text("role") == "system");
        Model.Enqueue(FakeOpenAiReply.Text("The summary."), FakeOpenAiReply.Text("to eight"));
        Assert.Equal("to eight", (await SayAsync(reader, 8)).Text("message/content/0/text"));
        Assert.Single(await reader.HistoryAsync("main"), message => message.Text("role") == "system");
    }

    [Fact]
    public async Task Killed_after_it_was_summarized_the_summary_stays_and_is_not_written_again()
    {
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await FillAsync(client);
            Model.Enqueue(FakeOpenAiReply.Text("The summary."), FakeOpenAiReply.Silence());
            await client.SendChatAsync("main", "7", Text(7));
            await AskedAsync(8);
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();
        var history = (await reader.HistoryAsync("main")).ToList();
        Assert.Equal((15, "interrupted"), (history.Count, history[^1].Text("stopReason")));
        Model.Enqueue(FakeOpenAiReply.Text("to eight"));

        Assert.Equal("to eight", (await SayAsync(reader, 8, "main", "short")).Text("message/content/0/text"));

        Assert.Equal(9, Model.Requests.Count);
        AssertShown(Model.Requests[8], "The summary.", 5, 8);
        Assert.Single(await reader.HistoryAsync("main"), message => message.Text("role") == "system");
    }

    private GatewayStart Start(params (string Name, string Value)[] environment) => new(Folder.Path)
    {
        Environment =
        [
            ("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/fake-1"),
            ("CHELA_AGENTS__DEFAULTS__CONTEXTTOKENS", "4000"), ("CHELA_AGENTS__DEFAULTS__COMPACTION__MEMORYFLUSH__ENABLED", "false"), .. environment,
        ],
    };

    /// <summary>Six messages and their answers: a little less than is summarized.</summary>
    private static async Task FillAsync(WireClient client)
    {
        foreach (var number in Enumerable.Range(1, 6))
        {
            await SayAsync(client, number);
        }
    }

    /// <summary>Sends a message that is its own run; gives how the run ended.</summary>
    private static async Task<JsonElement> SayAsync(WireClient client, int number, string session = "main", string? text = null)
    {
        await client.SendChatAsync(session, $"{number}", text is null ? Text(number) : $"Message {number} {text}");
        return await client.ChatEndAsync($"{number}");
    }

    /// <summary>Waits until the model was asked so often.</summary>
    private async Task AskedAsync(int times)
    {
        using var patience = Patience.Begin();
        for (var asked = 0; asked < times; asked++)
        {
            await Model.NextRequestAsync(patience.Token);
        }
    }

    /// <summary>Five hundred tokens.</summary>
    private static string Text(int number) => $"Message {number} {new string('x', 1985)}";

    private static async Task<JsonElement> OperationAsync(WireClient client, string phase) =>
        (await client.ReceiveAsync(frame => frame.Text("event") == "session.operation" && frame.Text("payload/phase") == phase)).GetProperty("payload");

    private static void AssertShown(FakeOpenAiRequest request, string summary, int first, int last, int without = 0)
    {
        Assert.Equal(Told + summary, request.Messages[0]);
        var asked = request.Messages.Where(message => message.StartsWith("user: Message", StringComparison.Ordinal)).Select(message => message.Split(' ')[2]);
        Assert.Equal(Enumerable.Range(first, last - first + 1).Where(number => number != without).Select(number => $"{number}"), asked);
    }

    /// <summary>The operation and the run's own stream were told, each with a beginning and an end.</summary>
    private static void AssertHeard(WireClient client, string run)
    {
        var heard = client.Heard.Select(frame => JsonElement.Parse(frame)).ToList();
        var operation = heard.Where(frame => frame.Text("event") == "session.operation").Select(frame => frame.GetProperty("payload")).ToList();
        Assert.Equal(["start", "end"], operation.Select(payload => payload.Text("phase")));
        Assert.Equal(("compact", "agent:main:main", "true"), (operation[1].Text("operation"), operation[1].Text("sessionKey"), operation[1].Text("completed")));
        Assert.Equal(operation[0].Text("operationId"), operation[1].Text("operationId"));
        var stream = heard.Where(frame => frame.Text("event") == "agent" && frame.Text("payload/stream") == "compaction" && frame.Text("payload/runId") == run);
        Assert.Equal(["start", "end"], stream.Select(frame => frame.Text("payload/data/phase")));
    }
}
