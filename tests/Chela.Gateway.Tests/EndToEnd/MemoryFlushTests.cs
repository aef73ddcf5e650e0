using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What an agent notes before the older part of its conversation is summarized, through the real executable.</summary>
[Trait("Requirement", "G6")]
[Trait("Requirement", "B4")]
public sealed class MemoryFlushTests : ScriptedModelTest
{
    private const string Call = """{"text":"Ann keeps a turtle, Tilda."}""";

    /// <summary>A session of a channel.</summary>
    private const string Session = "agent:main:webhook:direct:ann";

    [Fact]
    public async Task In_a_run_it_notes_what_should_outlive_the_summary_and_people_see_nothing_of_it()
    {
        File.WriteAllText(Workspace("AGENTS.md"), "Note every animal.");
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__CONTEXTTOKENS", "4000")));
        await using var client = await gateway.OpenOpenClawAsync();
        await client.CallAsync("sessions.subscribe");
        await SayAsync(client, "main", 1, 2, 3, 4, 5, 6);
        Model.Enqueue(
            FakeOpenAiReply.Calls(("memory_add", Call), ("fs_write", """{"path":"x","content":"x"}"""), ("memory_add", "no JSON")),
            FakeOpenAiReply.Text("The summary."), FakeOpenAiReply.Text("to seven"));

        await SayAsync(client, "main", 7);

        Assert.Equal(9, Model.Requests.Count);
        var asked = Model.Requests[6];
        Assert.Equal(["memory_add"], asked.Body.List("tools").Select(tool => tool.Text("function/name")));
        Assert.Contains("Note every animal.", asked.Messages[0], StringComparison.Ordinal);
        Assert.Contains("======== user\nMessage 1 ", asked.Messages[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Message 7 ", asked.Messages[1], StringComparison.Ordinal);
        Assert.Equal("Ann keeps a turtle, Tilda.", Assert.Single(Notes()));
        Assert.False(File.Exists(Workspace("x")));
        Assert.DoesNotContain(client.Heard, frame => frame.Contains("Tilda", StringComparison.Ordinal) || frame.Contains("memory_add", StringComparison.Ordinal));
        Assert.Equal(15, (await client.HistoryAsync("main")).Count);
        var usage = (await client.CallAsync("sessions.usage")).GetProperty("payload");
        Assert.Equal("9", usage.Text("aggregates/byModel/0/count"));
    }

    [Theory]
    [InlineData("it fails")]
    [InlineData("it does not end")]
    [InlineData("it calls nothing")]
    [InlineData("there is no place for notes")]
    public async Task Whatever_becomes_of_the_notes_the_summary_is_made(string what)
    {
        if (what.StartsWith("there", StringComparison.Ordinal))
        {
            File.WriteAllText(Workspace("memory"), "no folder");
        }

        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__COMPACTION__TIMEOUTSECONDS", what == "it does not end" ? "1" : "60")));
        await using var client = await gateway.OpenOpenClawAsync();
        await SayAsync(client, Session, 1, 2);
        Model.Enqueue(
            what switch
            {
                "it fails" => FakeOpenAiReply.Failure(400, "invalid_request_error", "It cannot be done"),
                "it does not end" => FakeOpenAiReply.Silence(),
                "it calls nothing" => FakeOpenAiReply.Text("Nothing."),
                _ => FakeOpenAiReply.Calls(("memory_add", Call)),
            },
            FakeOpenAiReply.Text("The summary."));

        var done = await CompactAsync(client);

        Assert.Equal(("true", "The summary."), (done.Text("compacted"), done.Text("result/summary")));
        Assert.Equal(4, Model.Requests.Count);
    }

    [Theory]
    [InlineData("""{"agents":{"defaults":{"compaction":{"memoryFlush":{"enabled":false}}}}}""")]
    [InlineData("""{"tools":{"deny":["memory.add"]}}""")]
    [InlineData("""{"tools":{"ask":["memory.*"]}}""")]
    [InlineData("""{"tools":{"byChannel":{"webhook":{"deny":["memory.add"]}}}}""")]
    [InlineData("""{"agents":{"defaults":{"mode":"fast"}}}""")]
    [InlineData("""{"agents":{"defaults":{"budget":{"dayTokens":10}}}}""")]
    public async Task An_agent_that_may_not_note_anything_now_is_not_asked(string config)
    {
        await using (var rich = await GatewayProcess.StartAsync(Start()))
        {
            await using var filler = await rich.OpenOpenClawAsync();
            await SayAsync(filler, Session, 1, 2);
            await rich.TerminateAsync();
        }

        File.WriteAllText(Folder.File("state/chela.json"), config);
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        Model.Enqueue(FakeOpenAiReply.Text("The summary."));

        var done = await CompactAsync(client);

        Assert.Equal("The summary.", done.Text("result/summary"));
        Assert.Equal(3, Model.Requests.Count);
    }

    [Fact]
    public async Task Where_the_summary_fails_or_the_process_ends_before_it_no_line_is_noted_again()
    {
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await SayAsync(client, Session, 1, 2);
            Model.Enqueue(FakeOpenAiReply.Calls(("memory_add", Call)), FakeOpenAiReply.Failure(400, "invalid_request_error", "It cannot be done"));
            Assert.Equal("false", (await CompactAsync(client)).Text("compacted"));

            Model.Enqueue(FakeOpenAiReply.Silence());
            await client.SendAsync(OpenClawWire.Request(client.NextId(), "sessions.compact", new() { ["key"] = Session }));
            await AskedAsync(5);
            gateway.Kill();
            await gateway.EndAsync();
        }

        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();
        Model.Enqueue(FakeOpenAiReply.Text("The summary."));
        Assert.Equal("true", (await CompactAsync(reader)).Text("compacted"));
        Assert.Equal(6, Model.Requests.Count);
        Assert.Single(Notes());

        await SayAsync(reader, Session, 3, 4);
        Model.Enqueue(FakeOpenAiReply.Calls(("memory_add", """{"text":"Bob keeps a cat."}""")), FakeOpenAiReply.Text("The next summary."));
        Assert.Equal("true", (await CompactAsync(reader)).Text("compacted"));

        Assert.Contains("Message 2 ", Model.Requests[8].Messages[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Message 1 ", Model.Requests[8].Messages[1], StringComparison.Ordinal);
        Assert.Equal(["Ann keeps a turtle, Tilda.", "Bob keeps a cat."], Notes());
    }

    private GatewayStart Start(params (string Name, string Value)[] environment) => new(Folder.Path)
    {
        Environment = [("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/fake-1"), .. environment],
    };

    private string Workspace(string name) => Path.Combine(Directory.CreateDirectory(Folder.File("state/workspaces/main")).FullName, name);

    /// <summary>What was noted, without the day and the times.</summary>
    private IEnumerable<string> Notes() => Directory.EnumerateFiles(Workspace("memory")).Order(StringComparer.Ordinal)
        .SelectMany(File.ReadAllLines).Where(line => line.Length > 0 && line[0] != '#').Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    private static async Task SayAsync(WireClient client, string session, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            await client.SendChatAsync(session, $"{number}", $"Message {number} {new string('x', 1985)}");
            await client.ChatEndAsync($"{number}");
        }
    }

    private static async Task<JsonElement> CompactAsync(WireClient client) =>
        (await client.CallAsync("sessions.compact", new JsonObject { ["key"] = Session })).GetProperty("payload");

    /// <summary>Waits until the model was asked so often.</summary>
    private async Task AskedAsync(int times)
    {
        using var patience = Patience.Begin();
        for (var asked = 0; asked < times; asked++)
        {
            await Model.NextRequestAsync(patience.Token);
        }
    }
}
