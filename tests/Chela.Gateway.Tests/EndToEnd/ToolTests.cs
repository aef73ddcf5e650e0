using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable, whose model calls tools.</summary>
[Trait("Requirement", "G3")]
public sealed class ToolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_written_once_somebody_approved_it()
    {
        await using var model = await FakeOpenAi.StartAsync(Ct);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_write", """{"path":"note.txt","content":"Hello."}""")), FakeOpenAiReply.Text("It is written."));
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path)
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();
        var note = Path.Combine(gateway.StateDirectory, "workspaces", "main", "note.txt");

        await client.SendChatAsync("main", "run", "Write a note.");
        var asked = await client.ReceiveAsync(frame => frame.Text("event") == "exec.approval.requested");
        Assert.False(File.Exists(note));
        await client.CallAsync("exec.approval.resolve", new JsonObject { ["id"] = asked.Text("payload/id"), ["decision"] = "allow-once" });
        var end = await client.ChatEndAsync("run");

        Assert.Equal("It is written.", end.Text("message/content/0/text"));
        Assert.Equal("Hello.", await File.ReadAllTextAsync(note, Ct));
        var history = await client.HistoryAsync("main");
        Assert.Equal(("toolCall", "fs_write", "toolResult"), (history[1].Text("content/0/type"), history[1].Text("content/0/name"), history[1].Text("content/1/type")));
        var catalog = await client.CallAsync("tools.catalog");
        Assert.Contains(catalog.List("payload/groups"), group => group.Text("id") == "fs");
    }

    [Fact]
    public async Task A_run_that_waits_for_people_takes_no_place_from_others()
    {
        await using var model = await FakeOpenAi.StartAsync(Ct);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_list", "{}")));
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path)
        {
            Environment =
            [
                ("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.*"), ("CHELA_AGENTS__DEFAULTS__MAXCONCURRENT", "1"),
            ],
        };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "waits", "What is there?");
        var asked = await client.ReceiveAsync(frame => frame.Text("event") == "exec.approval.requested");
        model.Enqueue(FakeOpenAiReply.Text("Not in the way."));
        await client.SendChatAsync("other", "goes on", "Hello?");
        var other = await client.ChatEndAsync("goes on");
        model.Enqueue(FakeOpenAiReply.Text("I may not look."));
        await client.SendChatAsync("third", "decides", $"/approve {asked.Text("payload/id")} deny");
        var end = await client.ChatEndAsync("waits");

        Assert.Equal("Not in the way.", other.Text("message/content/0/text"));
        Assert.Equal("I may not look.", end.Text("message/content/0/text"));
    }
}
