using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Memory at the real executable: what was noted in one conversation is found in another, also after a kill.</summary>
[Trait("Requirement", "G6")]
public sealed class MemoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task A_note_outlives_its_conversation_and_the_process()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Calls(("memory_add", """{"text":"Ann keeps a turtle, Tilda."}""")), FakeOpenAiReply.Text("Noted."));
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = [("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1")] };
        await using (var first = await GatewayProcess.StartAsync(start))
        {
            await using var client = await first.OpenOpenClawAsync();
            await client.SendChatAsync("main", "one", "Remember my turtle, Tilda.");
            await client.ChatEndAsync("one");
            first.Kill();
            await first.EndAsync();
        }

        fake.Enqueue(FakeOpenAiReply.Calls(("memory_search", """{"query":"turtle name"}""")), FakeOpenAiReply.Text("Tilda."));
        await using var second = await GatewayProcess.StartAsync(start);
        await using var other = await second.OpenOpenClawAsync();
        await other.SendChatAsync("agent:main:another", "two", "What is my turtle called?");
        await other.ChatEndAsync("two");
        var found = await other.CallAsync("memory.search", new() { ["query"] = "turtle" });
        var good = await other.CallAsync("memory.search", new() { ["query"] = "turtle", ["minScore"] = 1 });
        var unknown = await other.CallAsync("memory.search", new() { ["query"] = "turtle", ["agentId"] = "nobody" });

        Assert.Contains("Ann keeps a turtle, Tilda.", fake.Requests[^1].Body.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("Ann keeps a turtle", Assert.Single(found.List("payload/results")).Text("snippet"), StringComparison.Ordinal);
        Assert.Equal(("main", "fts-only"), (found.Text("payload/agentId"), found.Text("payload/searchMode")));
        Assert.Empty(good.List("payload/results"));
        Assert.StartsWith("unknown agent id", unknown.Text("error/message"), StringComparison.Ordinal);
    }
}
