using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Commands of clients that wait for somebody's decision, by OpenClaw's protocol through the real executable.</summary>
[Trait("Requirement", "G3")]
[Trait("Requirement", "W5")]
public sealed class CommandApprovalTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task It_is_accepted_then_answered_when_another_client_has_decided_and_late_askers_hear_it_too()
    {
        await using var asker = await fixture.Gateway.OpenOpenClawAsync();
        await using var reviewer = await fixture.Gateway.OpenOpenClawAsync();

        var request = await BeginAsync(asker, Question("first", "rm -rf x\u202E", new() { ["cwd"] = "/tmp", ["host"] = null, ["env"] = new JsonObject { ["KEY"] = "secret" } }));
        var accepted = (await asker.AnswerAsync(request)).GetProperty("payload");
        var asked = await HeardAsync(reviewer, "requested", "first");
        var again = await asker.CallAsync("exec.approval.request", Question("first", "ls"));
        var row = Assert.Single((await reviewer.CallAsync("exec.approval.list")).List("payload"), row => row.Text("id") == "first");
        var view = (await reviewer.CallAsync("exec.approval.get", Id("first"))).GetProperty("payload");
        var session = await reviewer.CallAsync("exec.approval.resolve", Decision("first", "allow-session"));
        var resolved = await reviewer.CallAsync("exec.approval.resolve", Decision("first", "allow-always"));
        var final = (await asker.AnswerAsync(request)).GetProperty("payload");
        var late = (await reviewer.CallAsync("exec.approval.waitDecision", Id("first"))).GetProperty("payload");

        Assert.Equal(("accepted", "first", "approval-client"), (accepted.Text("status"), accepted.Text("id"), accepted.Text("deliveryRoute")));
        Assert.Equal(("exec", @"rm -rf x\u{202E}", "/tmp"), (asked.Text("approvalKind"), asked.Text("request/command"), asked.Text("request/cwd")));
        Assert.DoesNotContain("secret", asked.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(("INVALID_REQUEST", "approval id already pending"), (again.Text("error/code"), again.Text("error/message")));
        Assert.Equal(asked.Text("request"), row.Text("request"));
        Assert.Equal((@"rm -rf x\u{202E}", """["allow-once","allow-always","deny"]""", JsonValueKind.Null), (view.Text("commandText"), view.GetProperty("allowedDecisions").GetRawText(), view.GetProperty("nodeId").ValueKind));
        Assert.Equal("INVALID_REQUEST", session.Text("error/code"));
        Assert.Equal("true", resolved.Text("payload/ok"));
        Assert.Equal(("first", "allow-always", accepted.Text("expiresAtMs")), (final.Text("id"), final.Text("decision"), final.Text("expiresAtMs")));
        Assert.Equal(final.GetRawText(), late.GetRawText());
        Assert.Equal("allow-always", (await HeardAsync(asker, "resolved", "first")).Text("decision"));
        Assert.False(File.Exists(Path.Combine(fixture.Gateway.StateDirectory, "approvals.json"))); // who asked remembers
    }

    [Fact]
    public async Task The_same_decision_once_more_is_taken_and_another_is_not()
    {
        await using var asker = await fixture.Gateway.OpenOpenClawAsync();
        await using var reviewer = await fixture.Gateway.OpenOpenClawAsync();
        var request = await BeginAsync(asker, Question("twice", "ls"));
        await HeardAsync(reviewer, "requested", "twice");

        await reviewer.CallAsync("exec.approval.resolve", Decision("twice", "deny"));
        var same = await reviewer.CallAsync("exec.approval.resolve", Decision("twice", "deny"));
        var other = await reviewer.CallAsync("exec.approval.resolve", Decision("twice", "allow-once"));
        var unknown = await reviewer.CallAsync("exec.approval.resolve", Decision("never", "deny"));
        var nothing = await reviewer.CallAsync("exec.approval.waitDecision", Id("never"));

        Assert.Equal("accepted", (await asker.AnswerAsync(request)).Text("payload/status"));
        Assert.Equal("deny", (await asker.AnswerAsync(request)).Text("payload/decision"));
        Assert.Equal("true", same.Text("payload/ok"));
        Assert.Equal(("approval already resolved", "APPROVAL_ALREADY_RESOLVED"), (other.Text("error/message"), other.Text("error/details/reason")));
        Assert.Equal("APPROVAL_NOT_FOUND", unknown.Text("error/details/reason"));
        Assert.Equal(("INVALID_REQUEST", "approval expired or not found"), (nothing.Text("error/code"), nothing.Text("error/message")));
    }

    [Fact]
    public async Task A_person_decides_in_a_chat_by_the_beginning_of_its_id()
    {
        await using var asker = await fixture.Gateway.OpenOpenClawAsync();
        await using var chat = await fixture.Gateway.OpenOpenClawAsync();
        var question = Question(null, null, new() { ["commandArgv"] = new JsonArray("cp", "a b", "c"), ["twoPhase"] = false });
        var request = await BeginAsync(asker, question);
        var heard = await chat.ReceiveAsync(frame => frame.Text("event") == "exec.approval.requested" && frame.Text("payload/request/command") == "cp \"a b\" c");
        var id = heard.Text("payload/id")!;

        await chat.SendChatAsync("main", $"run-{id}", $"/approve {id[..6]} once");

        Assert.Equal("allow-once: cp \"a b\" c", (await chat.ChatEndAsync($"run-{id}")).Text("message/content/0/text"));
        Assert.Equal((id, "allow-once"), Found((await asker.AnswerAsync(request)).GetProperty("payload")));
    }

    [Fact]
    public async Task A_command_for_a_node_is_shown_as_the_node_runs_it()
    {
        await using var asker = await fixture.Gateway.OpenOpenClawAsync();
        await using var reviewer = await fixture.Gateway.OpenOpenClawAsync();
        var plan = new JsonObject
        {
            ["argv"] = new JsonArray("ls", "\u200B"),
            ["cwd"] = "/srv",
            ["commandText"] = "ls \u200B",
            ["agentId"] = "main",
            ["sessionKey"] = null,
            ["policySnapshot"] = new JsonObject { ["security"] = "full" },
        };
        var question = Question("node", "something else", new()
        {
            ["host"] = "node",
            ["nodeId"] = "phone",
            ["systemRunPlan"] = plan,
            ["unavailableDecisions"] = new JsonArray("allow-always"),
            ["turnSourceThreadId"] = 7,
        });
        await BeginAsync(asker, question);

        var asked = await HeardAsync(reviewer, "requested", "node");
        var refused = await reviewer.CallAsync("exec.approval.resolve", Decision("node", "allow-always"));

        Assert.Equal((@"ls \u{200B}", "phone", "/srv", "7"), (
            asked.Text("request/command"), asked.Text("request/nodeId"), asked.Text("request/cwd"), asked.Text("request/turnSourceThreadId")));
        Assert.Equal(@"\u{200B}", asked.Text("request/systemRunPlan/argv/1"));
        Assert.Equal("this can only be decided by one of allow-once, deny", refused.Text("error/message"));
    }

    [Fact]
    public async Task When_nobody_decides_in_time_there_is_no_decision()
    {
        await using var asker = await fixture.Gateway.OpenOpenClawAsync();
        await using var reviewer = await fixture.Gateway.OpenOpenClawAsync();

        var answer = await asker.CallAsync("exec.approval.request", Question("short", "ls", new() { ["timeoutMs"] = 1, ["twoPhase"] = false }));

        Assert.Equal(JsonValueKind.Null, answer.GetProperty("payload").GetProperty("decision").ValueKind);
        Assert.Equal(JsonValueKind.Null, (await HeardAsync(reviewer, "resolved", "short")).GetProperty("decision").ValueKind);
        Assert.DoesNotContain((await reviewer.CallAsync("exec.approval.list")).List("payload"), row => row.Text("id") == "short");
    }

    [Theory]
    [InlineData("""{"id":"none"}""", "command is required, with at most 16000 characters")]
    [InlineData("""{"id":"none","command":" "}""", "command is required, with at most 16000 characters")]
    [InlineData("""{"command":"ls","host":"node"}""", "nodeId is required for host=node")]
    [InlineData("""{"command":"ls","host":"node","nodeId":"phone"}""", "systemRunPlan is required for host=node")]
    [InlineData("""{"command":"ls","host":"node","nodeId":"phone","systemRunPlan":{"argv":[],"cwd":null,"commandText":"ls","agentId":null,"sessionKey":null}}""", "commandArgv is required for host=node")]
    [InlineData("""{"command":"ls","turnSourceThreadId":{}}""", "turnSourceThreadId is a number or a short text")]
    [InlineData("""{"command":"ls","id":"two words"}""", "at /id")]
    [InlineData("""{"command":"ls","timeoutMs":0}""", "at /timeoutMs")]
    [InlineData("""{"command":"ls","unavailableDecisions":["deny"]}""", "at /unavailableDecisions/0")]
    [InlineData("""{"command":"ls","comand":"ls"}""", "comand")]
    public async Task What_is_no_command_is_refused(string parameters, string reason)
    {
        await using var asker = await fixture.Gateway.OpenOpenClawAsync();

        var answer = await asker.CallAsync("exec.approval.request", JsonNode.Parse(parameters)!.AsObject());

        Assert.Equal("INVALID_REQUEST", answer.Text("error/code"));
        Assert.Contains(reason, answer.Text("error/message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_else_could_decide_the_answer_comes_at_once_unless_the_client_would_wait_and_then_it_waits_without_its_client_too()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using (var alone = await gateway.OpenOpenClawAsync())
        {
            var answer = (await alone.CallAsync("exec.approval.request", Question("alone", "ls"))).GetProperty("payload");
            Assert.Equal(("alone", JsonValueKind.Null), (answer.Text("id"), answer.GetProperty("decision").ValueKind));

            var accepted = await alone.CallAsync("exec.approval.request", Question("patient", "ls", new() { ["requireDeliveryRoute"] = false }));
            Assert.Equal(("accepted", "none"), (accepted.Text("payload/status"), accepted.Text("payload/deliveryRoute")));
            alone.Abort();
        }

        await using var reviewer = await gateway.OpenOpenClawAsync();
        await using var asker = await gateway.OpenOpenClawAsync();
        var wait = asker.NextId();
        await asker.SendAsync(OpenClawWire.Request(wait, "exec.approval.waitDecision", Id("patient")));
        Assert.Equal("true", (await reviewer.CallAsync("exec.approval.resolve", Decision("patient", "allow-once"))).Text("payload/ok"));

        Assert.Equal(("patient", "allow-once"), Found((await asker.AnswerAsync(wait)).GetProperty("payload")));
    }

    private static JsonObject Question(string? id, string? command, JsonObject? more = null)
    {
        var question = new JsonObject { ["twoPhase"] = true };
        foreach (var (name, value) in more ?? [])
        {
            question[name] = value?.DeepClone();
        }

        question["id"] = id;
        question["command"] = command;
        return question;
    }

    private static JsonObject Id(string id) => new() { ["id"] = id };

    private static JsonObject Decision(string id, string decision) => new() { ["id"] = id, ["decision"] = decision };

    private static (string? Id, string? Decision) Found(JsonElement answer) => (answer.Text("id"), answer.Text("decision"));

    private static async Task<string> BeginAsync(WireClient client, JsonObject question)
    {
        var id = client.NextId();
        await client.SendAsync(OpenClawWire.Request(id, "exec.approval.request", question));
        return id;
    }

    private static async Task<JsonElement> HeardAsync(WireClient client, string what, string id) =>
        (await client.ReceiveAsync(frame => frame.Text("event") == $"exec.approval.{what}" && frame.Text("payload/id") == id)).GetProperty("payload");
}
