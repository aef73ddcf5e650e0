using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Beginning sessions, and sending into those that there are, in OpenClaw's words.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "W9")]
public sealed class SessionStartTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private GatewayProcess Gateway => fixture.Gateway;

    [Fact]
    public async Task A_session_of_its_own_is_begun_with_its_first_message()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var request = new JsonObject { ["label"] = "New one", ["model"] = "echo/echo", ["message"] = "Hello", ["idempotencyKey"] = "create-1" };

        var created = await client.CallAsync("sessions.create", request);
        await client.ChatEndAsync("create-1");
        var again = await client.CallAsync("sessions.create", request.DeepClone().AsObject());
        var key = created.Text("payload/key")!;

        Assert.StartsWith("agent:main:dashboard:", key, StringComparison.Ordinal);
        Assert.Equal(("New one", "true", "create-1"), (created.Text("payload/entry/label"), created.Text("payload/runStarted"), created.Text("payload/runId")));
        Assert.Equal((key, created.Text("payload/sessionId"), "false"), (again.Text("payload/key"), again.Text("payload/sessionId"), again.Text("payload/runStarted")));
        Assert.Equal(2, (await client.HistoryAsync(key)).Count);
    }

    [Fact]
    public async Task Without_a_message_nothing_runs_and_a_key_that_there_is_is_taken()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await client.SendChatAsync("taken", "taken-1", "Hello");
        await client.ChatEndAsync("taken-1");

        var taken = await client.CallAsync("sessions.create", new JsonObject { ["key"] = "taken" });
        var one = await client.CallAsync("sessions.create", []);
        var two = await client.CallAsync("sessions.create", []);
        var described = await client.CallAsync("sessions.describe", new JsonObject { ["key"] = "taken" });

        Assert.Equal(described.Text("payload/session/sessionId"), taken.Text("payload/sessionId"));
        Assert.Null(taken.Text("payload/runId"));
        Assert.NotEqual(one.Text("payload/key"), two.Text("payload/key"));
    }

    [Fact]
    public async Task What_cannot_be_begun_leaves_no_session()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await client.CallAsync("sessions.create", new JsonObject { ["key"] = "first", ["label"] = "Only one" });

        var label = await client.CallAsync("sessions.create", new JsonObject { ["key"] = "second", ["label"] = "Only one" });
        var model = await client.CallAsync("sessions.create", new JsonObject { ["key"] = "second", ["model"] = "nowhere/x" });
        var agent = await client.CallAsync("sessions.create", new JsonObject { ["agentId"] = "nobody" });
        var described = await client.CallAsync("sessions.describe", new JsonObject { ["key"] = "second" });

        Assert.Equal("label already in use: Only one", label.Text("error/message"));
        Assert.StartsWith("There is no model provider \"nowhere\"", model.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal("unknown agent id \"nobody\"; agents.list names those that there are", agent.Text("error/message"));
        Assert.Equal("""{"session":null}""", described.Text("payload"));
    }

    [Fact]
    public async Task A_message_is_sent_into_a_session_that_there_is_and_into_no_other()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var created = await client.CallAsync("sessions.create", new JsonObject { ["key"] = "sent" });

        var sent = await client.CallAsync("sessions.send", new JsonObject { ["key"] = "sent", ["message"] = "Hello", ["idempotencyKey"] = "sent-1" });
        await client.ChatEndAsync("sent-1");
        var nowhere = await client.CallAsync("sessions.send", new JsonObject { ["key"] = "nowhere", ["message"] = "Hello" });

        Assert.Equal(
            $$"""{"key":"agent:main:sent","sessionId":"{{created.Text("payload/sessionId")}}","runId":"sent-1","status":"started"}""", sent.Text("payload"));
        Assert.Equal("session not found: nowhere; sessions.create begins one", nowhere.Text("error/message"));
        Assert.Equal(2, (await client.HistoryAsync("sent")).Count);
    }
}
