using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Commands in front of a longer message: the model does not see them, and they count for that message alone.</summary>
[Trait("Requirement", "B5")]
public sealed class InFrontTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_chooses_the_model_of_one_message_in_front_of_it()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(WithModels(new GatewayStart(folder.Path), fake));
        await using var client = await gateway.OpenOpenClawAsync();

        await SayAsync(client, "1", "/model openai/large /think off /queue collect\nHow large?");
        await SayAsync(client, "2", "And now?");
        await client.SendChatAsync("main", "3", "/queue");
        var queue = await client.ChatEndAsync("3");

        Assert.Equal(["large", "fake-1"], fake.Requests.Select(request => request.Model));
        Assert.Equal(["user: How large?"], fake.Requests[0].Messages);
        Assert.Equal("Messages wait here by followup (debounce 500 ms, cap 20, drop new).", queue.Text("message/content/0/text"));
        Assert.StartsWith("user: How large?", (await client.HistoryAsync("main")).Select(OpenClawWire.Line).First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_not_to_be_interpreted_goes_to_the_model_as_it_is()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(WithModels(new GatewayStart(folder.Path), fake));
        await using var client = await gateway.OpenOpenClawAsync();
        var parameters = OpenClawWire.ChatParams("main", "1", "/model openai/large How large?");
        parameters["suppressCommandInterpretation"] = true;

        await client.CallAsync("chat.send", parameters);
        await client.ChatEndAsync("1");

        Assert.Equal(("fake-1", "user: /model openai/large How large?"), (fake.Requests[0].Model, fake.Requests[0].Messages.Single()));
    }

    [Fact]
    [Trait("Requirement", "C2")]
    public async Task On_a_channel_they_count_for_those_who_may_command_and_are_text_for_all_others()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        var start = program.StartIn(folder, more: """{ "commands": { "allowFrom": { "webhook": ["anna"] } } }""");
        await using var gateway = await GatewayProcess.StartAsync(WithModels(start, fake));

        Assert.Equal("accepted", await SendAsync(program, gateway, "1", "anna", "/model openai/large How large?"));
        Assert.Equal("duplicate", await SendAsync(program, gateway, "1", "anna", "/model openai/large How large?"));
        Assert.Equal("accepted", await SendAsync(program, gateway, "2", "bert", "/model openai/large How large?"));
        Assert.Equal("accepted", await SendAsync(program, gateway, "3", "anna", "/model nowhere/large How large?"));
        Assert.Equal("duplicate", await SendAsync(program, gateway, "3", "anna", "/model nowhere/large How large?"));

        Assert.Equal(
            ["anna large user: How large?", "bert fake-1 user: /model openai/large How large?"],
            fake.Requests.Zip(["anna", "bert"], (request, who) => $"{who} {request.Model} {request.Messages.Single()}"));
        Assert.StartsWith("Nothing was done: There is no model provider \"nowhere\"", program.Posts[^1].Text, StringComparison.Ordinal);
        Assert.Equal(3, program.Posts.Count);
    }

    private static async Task SayAsync(WireClient client, string run, string text)
    {
        await client.SendChatAsync("main", run, text);
        await client.ChatEndAsync(run);
    }

    /// <summary>Sends a message, and waits for its answer.</summary>
    private static async Task<string?> SendAsync(FakeWebhook program, GatewayProcess gateway, string id, string chat, string text)
    {
        var body = new JsonObject { ["id"] = id, ["chat"] = chat, ["text"] = text };
        var status = (await program.PostAsync(gateway, body.ToJsonString())).Answer.Text("status");
        await program.WhenAsync(posts => posts.Any(post => post.RunId == $"webhook:desk:{id}"));
        return status;
    }

    private static GatewayStart WithModels(GatewayStart start, FakeOpenAi fake) =>
        start with { Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1")] };
}
