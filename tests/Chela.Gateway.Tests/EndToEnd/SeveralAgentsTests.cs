using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A gateway with more than one agent: each has its model, its instructions and its sessions.</summary>
[Trait("Requirement", "B3")]
[Trait("Requirement", "G4")]
public sealed class SeveralAgentsTests
{
    private const string Agents = """
        [{"id":"cook","name":"Carla","model":"openai/small","instructions":"You cook."},{"id":"clerk","default":true}]
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_agent_answers_by_its_own_model_and_instructions_and_the_default_agent_where_none_is_named()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartIn(folder, fake));
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("agent:cook:main", "c1", "dinner?");
        await client.ChatEndAsync("c1");
        await client.SendChatAsync("main", "m1", "forms?");
        await client.ChatEndAsync("m1");
        await client.SendChatAsync("agent:cook:main", "c2", "/model");
        var model = await client.ChatEndAsync("c2");

        Assert.Equal(["system: You cook.", "user: dinner?"], fake.Requests[0].Messages);
        Assert.Equal(["system: You all help.", "user: forms?"], fake.Requests[1].Messages);
        Assert.Equal(["small", "fake-1"], fake.Requests.Select(request => request.Model));
        Assert.Equal("openai/small answers here.", model.Text("message/content/0/text"));
        var rows = (await client.CallAsync("sessions.list", new() { ["configuredAgentsOnly"] = true })).List("payload/sessions");
        Assert.Equal(["agent:clerk:main fake-1", "agent:cook:main small"], rows.Select(row => $"{row.Text("key")} {row.Text("model")}"));
    }

    [Fact]
    public async Task A_session_and_then_an_administrator_choose_another_model_than_the_agents()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartIn(folder, fake));
        await using var client = await gateway.OpenOpenClawAsync();

        await client.CallAsync("sessions.patch", new() { ["key"] = "agent:cook:main", ["model"] = "openai/of-session" });
        await client.SendChatAsync("agent:cook:main", "c1", "dinner?");
        await client.ChatEndAsync("c1");
        await using var rpc = await gateway.OpenJsonRpcAsync();
        await rpc.CallRpcAsync("agent", new() { ["message"] = "supper?", ["agentId"] = "cook", ["idempotencyKey"] = "c2", ["model"] = "openai/of-run" });

        Assert.Equal(["of-session", "of-run"], fake.Requests.Select(request => request.Model));
    }

    [Fact]
    [Trait("Requirement", "W5")]
    public async Task Clients_are_told_of_all_agents_and_of_the_one_for_those_who_name_none()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(StartIn(folder, fake));
        await using var client = await gateway.OpenOpenClawAsync();

        var list = await client.CallAsync("agents.list");
        var cook = await client.CallAsync("agent.identity.get", new() { ["agentId"] = "cook" });
        var own = await client.CallAsync("agent.identity.get");
        var unknown = await client.CallAsync("agent.identity.get", new() { ["agentId"] = "main" });
        var refused = await client.CallAsync("chat.send", OpenClawWire.ChatParams("agent:main:main", "x", "hello"));
        var health = await client.CallAsync("health");

        Assert.Equal(("clerk", "legacy"), (list.Text("payload/defaultId"), list.Text("payload/ownership")));
        Assert.Equal(
            ["cook Carla openai/small", "clerk  openai/fake-1"],
            list.List("payload/agents").Select(agent => $"{agent.Text("id")} {agent.Text("name")} {agent.Text("model/primary")}"));
        Assert.Equal(("Carla", "config", "C"), (cook.Text("payload/name"), cook.Text("payload/nameSource"), cook.Text("payload/avatar")));
        Assert.Equal(("clerk", "Assistant"), (own.Text("payload/agentId"), own.Text("payload/name")));
        Assert.All([unknown, refused], answer => Assert.Contains("unknown agent id \"main\"", answer.Text("error/message"), StringComparison.Ordinal));
        Assert.Equal(["cook false", "clerk true"], health.List("payload/agents").Select(agent => $"{agent.Text("agentId")} {agent.Text("isDefault")}"));
    }

    private static GatewayStart StartIn(TempFolder folder, FakeOpenAi fake) => new(folder.Path)
    {
        Environment =
        [
            ("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1"),
            ("CHELA_AGENTS__LIST", Agents), ("CHELA_AGENTS__DEFAULTS__INSTRUCTIONS", "You all help."),
        ],
    };
}
