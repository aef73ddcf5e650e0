using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Two agents behind one webhook: who says something where decides which of them answers, in which session.</summary>
[Trait("Requirement", "B3")]
[Trait("Requirement", "C2")]
public sealed class RoutingTests
{
    private const string TwoAgents = """
        "agents": { "list": [
            { "id": "clerk", "model": "openai/large", "instructions": "You file." },
            { "id": "cook", "model": "openai/small", "instructions": "You cook." }
        ] }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "G4")]
    public async Task Each_peer_and_each_group_is_answered_by_the_agent_that_it_is_bound_to()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(WithModels(program.StartIn(folder, more: $$"""
            { {{TwoAgents}}, "bindings": [
                { "agentId": "cook", "match": { "channel": "webhook", "accountId": "desk", "peer": { "kind": "direct", "id": "chef" } } },
                { "agentId": "cook", "match": { "channel": "webhook", "accountId": "*", "peer": { "kind": "group", "id": "kitchen" } } }
            ] }
            """), fake));

        await SayAsync(program, gateway, "1", "anna", "forms?");
        await SayAsync(program, gateway, "2", "chef", "dinner?");
        await SayAsync(program, gateway, "3", "kitchen", "salt?", "group");
        await SayAsync(program, gateway, "4", "kitchen", "pepper?", "group", "spices");
        await SayAsync(program, gateway, "5", "kitchen", "stamps?", "channel");

        Assert.Equal(["large", "small", "small", "small", "large"], fake.Requests.Select(request => request.Model));
        Assert.Equal(
            ["You file.|forms?", "You cook.|dinner?", "You cook.|salt?", "You cook.|pepper?", "You file.|stamps?"],
            fake.Requests.Select(request => string.Join('|', request.Messages).Replace("system: ", "", StringComparison.Ordinal).Replace("user: ", "", StringComparison.Ordinal)));
        Assert.Equal(
            [("anna", null, null), ("chef", null, null), ("kitchen", "group", null), ("kitchen", "group", "spices"), ("kitchen", "channel", null)],
            program.Posts.Select(post => (post.Chat, post.Kind, post.Thread)));
        Assert.Equal(
            [
                "agent:clerk:webhook:desk:channel:kitchen", "agent:clerk:webhook:desk:direct:anna", "agent:cook:webhook:desk:direct:chef",
                "agent:cook:webhook:desk:group:kitchen", "agent:cook:webhook:desk:group:kitchen:thread:spices",
            ],
            await SessionsAsync(gateway));
    }

    [Fact]
    public async Task Direct_messages_of_linked_peers_are_one_conversation_whose_answers_go_where_each_was_asked()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(program.StartIn(folder, more: """
            { "session": { "dmScope": "per-peer", "identityLinks": { "anna": ["webhook:phone", "webhook:laptop"] } } }
            """));

        await SayAsync(program, gateway, "1", "phone", "one");
        await SayAsync(program, gateway, "2", "laptop", "two");
        await SayAsync(program, gateway, "3", "anna", "three");

        Assert.Equal(["phone", "laptop", "anna"], program.Posts.Select(post => post.Chat));
        await using var client = await gateway.OpenOpenClawAsync();
        var history = await client.HistoryAsync("direct:anna");
        Assert.Equal(["one", "two"], history.Where(line => line.Text("role") == "user").Select(line => line.Text("content/0/text") ?? line.Text("content")));
        Assert.Equal(2, (await SessionsAsync(gateway)).Length);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task What_was_taken_in_stays_with_its_agent_though_the_bindings_change_before_the_next_start()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        const string Agents = """ "agents": { "list": [{ "id": "clerk" }, { "id": "cook" }] } """;
        await using (var gateway = await GatewayProcess.StartAsync(program.StartIn(folder, more: $"{{ {Agents} }}")))
        {
            Assert.Equal(200, (await program.SendAsync(gateway, "1", "/slow 5000 this takes longer than the process lives")).Status);
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(program.StartIn(folder, more: $$"""
            { {{Agents}}, "bindings": [{ "agentId": "cook", "match": { "channel": "webhook", "accountId": "*" } }] }
            """));
        await program.CountAsync(1);
        var same = await program.SendAsync(again, "1", "/slow 5000 this takes longer than the process lives");
        var other = await program.SendAsync(again, "1", "/slow 5000 this takes longer than the process lives", chat: "bert");
        await SayAsync(program, again, "2", "anna", "hello");

        Assert.Equal((200, "duplicate", 409), (same.Status, same.Answer.Text("status"), other.Status));
        Assert.Contains("The gateway stopped", program.Posts[0].Text, StringComparison.Ordinal);
        Assert.Equal(["webhook:desk:1", "webhook:desk:2"], program.Posts.Select(post => post.RunId));
        Assert.Equal(["agent:clerk:webhook:desk:direct:anna", "agent:cook:webhook:desk:direct:anna"], await SessionsAsync(again));
    }

    [Fact]
    public async Task A_message_in_a_room_has_to_name_its_sender_and_a_kind_has_to_be_one()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(program.StartIn(folder));

        var nobody = await program.PostAsync(gateway, """{"id":"1","chat":"kitchen","kind":"group","text":"salt?"}""");
        var kind = await program.PostAsync(gateway, """{"id":"1","chat":"kitchen","kind":"dm","sender":"anna","text":"salt?"}""");
        var thread = await program.PostAsync(gateway, """{"id":"1","chat":"kitchen","thread":"a:b","text":"salt?"}""");

        Assert.Equal([400, 400, 400], new[] { nobody, kind, thread }.Select(refused => refused.Status));
        Assert.Equal("A message in a group or a channel has to name its sender.", nobody.Answer.Text("detail"));
        Assert.Contains("/kind", kind.Answer.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("/thread", thread.Answer.Text("detail"), StringComparison.Ordinal);
        Assert.Empty(await SessionsAsync(gateway));
    }

    /// <summary>Sends a message, and waits for its answer.</summary>
    private static async Task SayAsync(
        FakeWebhook program, GatewayProcess gateway, string id, string chat, string text, string? kind = null, string? thread = null)
    {
        var body = new JsonObject { ["id"] = id, ["chat"] = chat, ["text"] = text };
        if (kind is not null)
        {
            (body["kind"], body["sender"]) = (kind, "bert");
        }

        if (thread is not null)
        {
            body["thread"] = thread;
        }

        Assert.Equal(200, (await program.PostAsync(gateway, body.ToJsonString())).Status);
        await program.WhenAsync(posts => posts.Any(post => post.RunId == $"webhook:desk:{id}"));
    }

    private static async Task<string[]> SessionsAsync(GatewayProcess gateway)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        return [.. (await client.CallAsync("sessions.list")).List("payload/sessions").Select(session => session.Text("key")!).Order(StringComparer.Ordinal)];
    }

    private static GatewayStart WithModels(GatewayStart start, FakeOpenAi fake) =>
        start with { Environment = [("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1")] };
}
