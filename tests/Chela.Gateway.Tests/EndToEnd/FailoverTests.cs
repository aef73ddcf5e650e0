using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable with two providers, of which one speaks chat completions and one Anthropic's messages.</summary>
[Trait("Requirement", "G5")]
public sealed class FailoverTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_model_answers_for_one_that_fails_and_everybody_can_see_it()
    {
        await using var broken = await FakeOpenAi.StartAsync(Ct);
        await using var spare = await FakeOpenAi.StartAsync(Ct);
        broken.Enqueue([.. Enumerable.Repeat(FakeOpenAiReply.Failure(402, "insufficient_quota", "no"), 3)]);
        spare.Enqueue(new FakeAnthropicEvents().Text("It is ", "the spare.").Stop("end_turn").ToReply(), new FakeAnthropicEvents().Text("Again.").Stop("end_turn").ToReply());
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder, broken, spare);
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "one", "who are you?");
        var first = await client.ChatEndAsync("one");
        await client.SendChatAsync("main", "two", "and now?");
        var second = await client.ChatEndAsync("two");

        Assert.Equal("It is the spare.", first.Text("message/content/0/text"));
        Assert.Equal("Again.", second.Text("message/content/0/text"));
        Assert.Single(broken.Requests); // no credit: passed over from then on
        Assert.Equal("user: who are you?", broken.Requests[0].Messages[^1]);
        Assert.Equal("claude-haiku-4-5", (await client.HistoryAsync("main"))[^1].Text("model"));
        var models = (await client.CallAsync("models.list")).List("payload/models");
        var passedOver = models.Single(model => model.Text("provider") == "lab");
        Assert.Equal(("false", "cooldown"), (passedOver.Text("available"), passedOver.Text("unavailableReason")));
        Assert.Equal("spare", models.Single(model => model.Text("id") == "claude-haiku-4-5").Text("alias"));
    }

    [Fact]
    public async Task A_model_that_somebody_chose_is_not_replaced()
    {
        await using var broken = await FakeOpenAi.StartAsync(Ct);
        await using var spare = await FakeOpenAi.StartAsync(Ct);
        broken.Enqueue(FakeOpenAiReply.Failure(401, "invalid_api_key", "no"));
        using var folder = new TempFolder();
        await using var gateway = await StartAsync(folder, broken, spare);
        await using var client = await gateway.OpenOpenClawAsync();

        await client.CallAsync("sessions.patch", new() { ["key"] = "main", ["model"] = "lab/big" });
        await client.SendChatAsync("main", "one", "who are you?");
        var end = await client.ChatEndAsync("one");

        Assert.Equal("The model provider refused the API key (401). Check models.providers.lab.apiKey.", end.Text("errorMessage"));
        Assert.Empty(spare.Requests);
    }

    private static async Task<GatewayProcess> StartAsync(TempFolder folder, FakeOpenAi lab, FakeOpenAi anthropic)
    {
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var config = $$"""
            {
              "models": {
                "providers": { "lab": { "baseUrl": "{{lab.Address}}" }, "anthropic": { "baseUrl": "{{anthropic.Address}}", "apiKey": "sk-ant-canary" } },
                "aliases": { "spare": "anthropic/claude-haiku-4-5" }
              },
              "agents": { "defaults": { "model": "lab/big", "modelFallbacks": ["spare"] } }
            }
            """;
        await File.WriteAllTextAsync(Path.Combine(start.StateDirectory!, "chela.json"), config, Ct);
        return await GatewayProcess.StartAsync(start);
    }
}
