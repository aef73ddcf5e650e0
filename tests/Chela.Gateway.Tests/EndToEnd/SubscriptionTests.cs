using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Who hears of which session.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "W7")]
public sealed class SubscriptionTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private GatewayProcess Gateway => fixture.Gateway;

    [Fact]
    public async Task Who_subscribed_to_a_session_hears_every_line_of_it_and_nobody_else_does()
    {
        await using var listener = await Gateway.OpenOpenClawAsync();
        await using var other = await Gateway.OpenOpenClawAsync();
        await using var speaker = await Gateway.OpenOpenClawAsync();

        var answer = await listener.CallAsync("sessions.messages.subscribe", new JsonObject { ["key"] = "lines" });
        await speaker.SendChatAsync("lines", "lines-1", "Hello");
        var question = await listener.ReceiveAsync(frame => frame.Text("event") == "session.message");
        var reply = await listener.ReceiveAsync(frame => frame.Text("event") == "session.message");
        await other.ChatEndAsync("lines-1");

        Assert.Equal("""{"subscribed":true,"key":"agent:main:lines"}""", answer.Text("payload"));
        Assert.Equal(("user", "Hello", "1"), (
            question.Text("payload/message/role"), question.Text("payload/message/content/0/text"), question.Text("payload/messageSeq")));
        Assert.Equal(("assistant", "2", "agent:main:lines"), (
            reply.Text("payload/message/role"), reply.Text("payload/messageSeq"), reply.Text("payload/sessionKey")));
        Assert.DoesNotContain(other.Heard, text => text.Contains("\"event\":\"session.message\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_unsubscribed_hears_of_it_no_more()
    {
        await using var client = await Gateway.OpenOpenClawAsync();

        await client.CallAsync("session.attach", new JsonObject { ["key"] = "left" });
        var answer = await client.CallAsync("session.detach", new JsonObject { ["key"] = "left" });
        await client.SendChatAsync("left", "left-1", "Hello");
        await client.ChatEndAsync("left-1");

        Assert.Equal("""{"subscribed":false,"key":"agent:main:left"}""", answer.Text("payload"));
        Assert.DoesNotContain(client.Heard, text => text.Contains("\"event\":\"session.message\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_list_of_sessions_tells_its_changes_with_the_row_that_changed()
    {
        await using var client = await Gateway.OpenOpenClawAsync();

        var plain = await client.CallAsync("sessions.subscribe");
        var withList = await client.CallAsync("sessions.subscribe", new JsonObject { ["limit"] = 1 });
        await client.SendChatAsync("listed", "listed-1", "Hello");
        var begun = await ChangedAsync("send");
        var ended = await ChangedAsync("message");
        await client.CallAsync("sessions.patch", new JsonObject { ["key"] = "listed", ["label"] = "My talk" });
        var named = await ChangedAsync("patch");
        await client.CallAsync("sessions.delete", new JsonObject { ["key"] = "listed" });
        var gone = await ChangedAsync("delete");
        var off = await client.CallAsync("sessions.unsubscribe");

        Assert.Equal("""{"subscribed":true}""", plain.Text("payload"));
        Assert.Equal("1", withList.Text("payload/list/limitApplied"));
        Assert.Equal(("running", "true"), (begun.Text("payload/status"), begun.Text("payload/hasActiveRun")));
        Assert.Equal(("done", "listed-1"), (ended.Text("payload/status"), ended.Text("payload/lastRunId")));
        Assert.Equal("My talk", named.Text("payload/label"));
        Assert.Null(gone.Text("payload/sessionId"));
        Assert.Equal("""{"subscribed":false}""", off.Text("payload"));

        Task<System.Text.Json.JsonElement> ChangedAsync(string reason) => client.ReceiveAsync(frame =>
            frame.Text("event") == "sessions.changed" && frame.Text("payload/sessionKey") == "agent:main:listed" && frame.Text("payload/reason") == reason);
    }

    [Fact]
    public async Task A_client_that_asks_for_it_hears_only_the_runs_of_sessions_that_it_follows()
    {
        await using var scoped = await Gateway.OpenSilentOpenClawAsync();
        var connect = OpenClawWire.ConnectParams(Gateway.Token);
        connect["caps"] = new JsonArray("session-scoped-events");
        await scoped.SendAsync(OpenClawWire.Request("connect", "connect", connect));
        await scoped.AnswerAsync("connect");
        await using var speaker = await Gateway.OpenOpenClawAsync();

        await speaker.SendChatAsync("unheard", "unheard-1", "Hello");
        await speaker.ChatEndAsync("unheard-1");
        await scoped.CallAsync("sessions.messages.subscribe", new JsonObject { ["key"] = "heard" });
        await speaker.SendChatAsync("heard", "heard-1", "Hello");
        await scoped.ChatEndAsync("heard-1");

        Assert.DoesNotContain(scoped.Heard, text => text.Contains("unheard-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Over_HTTP_nothing_can_be_subscribed_to()
    {
        await using var client = await Gateway.OpenJsonRpcAsync();
        using var http = new HttpClient { BaseAddress = Gateway.HttpUrl };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rpc")
        {
            Content = new StringContent(JsonRpcWire.Call("1", "sessions.subscribe"), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", Gateway.Token);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("events come over a WebSocket only", text, StringComparison.Ordinal);
        Assert.Equal("true", (await client.CallRpcAsync("sessions.subscribe")).Text("result/subscribed"));
    }
}
