using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Answers that are told again, through the real executable and a scripted model.</summary>
[Trait("Requirement", "G5")]
[Trait("Requirement", "O3")]
public sealed class ResponseCacheTests : ScriptedModelTest
{
    [Fact]
    public async Task A_question_that_was_answered_in_another_conversation_costs_nothing()
    {
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(Folder.Path)
        {
            Environment =
            [
                ("OPENAI_API_KEY", "key-1"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_AGENTS__DEFAULTS__RESPONSECACHE__TTLSECONDS", "3600"),
            ],
        });
        await using var client = await gateway.OpenOpenClawAsync();
        Model.Enqueue(FakeOpenAiReply.Text("At ", "noon."));

        await client.SendChatAsync("agent:main:one", "first", "When is lunch?");
        var first = await client.ChatEndAsync("first");
        await client.SendChatAsync("agent:main:two", "second", "When is lunch?");
        var told = await client.ChatAsync("second", "delta");
        var second = await client.ChatEndAsync("second");
        var cost = (await client.CallAsync("usage.cost", new JsonObject { ["days"] = 1 })).GetProperty("payload");
        var history = await client.HistoryAsync("agent:main:two");

        Assert.Single(Model.Requests);
        Assert.StartsWith(told.Text("message/content/0/text")!, "At noon.", StringComparison.Ordinal);
        Assert.Equal(("At noon.", "At noon."), (first.Text("message/content/0/text"), second.Text("message/content/0/text")));
        Assert.Equal((null, "true"), (first.Text("usage/cached"), second.Text("usage/cached")));
        Assert.Equal(("7", "7"), (first.Text("usage/totalTokens"), second.Text("usage/totalTokens")));
        Assert.Equal("true", history[^1].Text("usage/cached"));
        Assert.Equal(("7", "0"), (cost.Text("totals/totalTokens"), cost.Text("totals/missingCostEntries")));
    }
}
