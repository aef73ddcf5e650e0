using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What the audit says of a day with a gateway, after its sudden end.</summary>
[Trait("Requirement", "O1")]
public sealed class AuditTests
{
    [Fact]
    [Trait("Requirement", "A8")]
    public async Task What_was_acknowledged_stands_in_the_audit_with_whoever_did_it()
    {
        using var home = new TempFolder();
        await using var model = await FakeOpenAi.StartAsync(TestContext.Current.CancellationToken);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_list", """{"path":"."}""")), FakeOpenAiReply.Text("Nothing is there."));
        var start = new GatewayStart(home.Path) { Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl)] };
        string rotated;
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await using var guesser = await gateway.OpenSilentOpenClawAsync();
            await guesser.SendAsync(OpenClawWire.Request("connect", "connect", OpenClawWire.ConnectParams("a-wrong-token-of-somebody")));
            await guesser.ReceiveAsync();
            await client.SendChatAsync("other", "run-1", "What is there?");
            await client.ChatEndAsync("run-1");
            await client.CallAsync("config.patch", new JsonObject { ["raw"] = """{"logging":{"level":"debug"}}""" });
            await client.CallAsync("sessions.delete", new JsonObject { ["key"] = "other" }); // takes its turn behind the run
            await client.CallAsync("outbox.drop", new JsonObject { ["id"] = "nothing" });
            rotated = (await client.CallAsync("auth.rotate", new JsonObject { ["overlapMs"] = 0 })).Text("payload/token")!;
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var later = await again.OpenOpenClawAsync();
        var answer = await later.CallAsync("audit.entries", new JsonObject { ["limit"] = 500 });
        var events = (await later.CallAsync("audit.list", new JsonObject { ["runId"] = "run-1" })).List("payload/events");

        var entries = answer.List("payload/entries");
        Assert.Equal(
            [
                "agent.run.finished", "agent.run.started", "auth.rotate", "config.changed", "config.patch", "gateway.started", "gateway.started",
                "login.refused", "outbox.drop", "sessions.delete", "tool.action.finished", "tool.action.started",
            ],
            entries.Select(entry => entry.Text("action")!).Order(StringComparer.Ordinal));
        Assert.Equal(("done", "other"), (One("sessions.delete").Text("outcome"), One("sessions.delete").Text("facts/key")));
        Assert.Equal("failed", One("outbox.drop").Text("outcome"));
        Assert.Equal(("logging.level", One("config.patch").Text("user")), (One("config.changed").Text("facts/keys"), One("config.changed").Text("user")));
        Assert.NotNull(One("config.changed").Text("user"));
        Assert.Equal(("refused", "SharedSecret"), (One("login.refused").Text("outcome"), One("login.refused").Text("facts/credential")));
        Assert.Equal(entries.Select(entry => entry.GetProperty("sequence").GetInt64()).OrderDescending(), entries.Select(entry => entry.GetProperty("sequence").GetInt64()));
        Assert.DoesNotContain(rotated, answer.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-token", answer.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            ["agent.run.finished succeeded", "tool.action.finished succeeded", "tool.action.started started", "agent.run.started started"],
            events.Select(shown => $"{shown.Text("action")} {shown.Text("status")}"));
        Assert.Equal(("fs_list", "agent:main:other", "main"), (events[1].Text("toolName"), events[1].Text("sessionKey"), events[1].Text("actor/id")));

        JsonElement One(string action) => Assert.Single(entries, entry => entry.Text("action") == action);
    }
}
