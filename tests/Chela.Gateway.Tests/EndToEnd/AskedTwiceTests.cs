using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Messages that are sent again because their sender heard no answer.</summary>
[Trait("Requirement", "B5")]
public sealed class AskedTwiceTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private GatewayProcess Gateway => fixture.Gateway;

    [Theory]
    [InlineData("chat.send", "text", "session_key", "idempotency_key", "result/text")]
    [InlineData("agent.run", "message", "sessionKey", "idempotencyKey", "result/reply")]
    public async Task A_question_with_the_same_key_gets_the_same_reply_and_is_asked_once(
        string method, string text, string session, string key, string reply)
    {
        await using var client = await Gateway.OpenJsonRpcAsync();
        await using var reader = await Gateway.OpenOpenClawAsync();
        JsonObject Question() => new() { [text] = "/slow 20 one two three", [session] = method, [key] = $"{method} 1" };

        var first = client.CallRpcAsync(method, Question());
        await using var other = await Gateway.OpenJsonRpcAsync();
        var meanwhile = await other.CallRpcAsync(method, Question());
        var afterwards = await other.CallRpcAsync(method, Question());

        var said = (await first).Text(reply);
        Assert.Equal("one two three", said);
        Assert.Equal((said, said), (meanwhile.Text(reply), afterwards.Text(reply)));
        Assert.Equal(2, (await reader.HistoryAsync(method)).Count);
    }

    [Fact]
    public async Task A_streamed_message_with_the_same_key_is_known()
    {
        await using var client = await Gateway.OpenJsonRpcAsync();
        JsonObject Message() => new() { ["text"] = "once", ["session_key"] = "stream", ["idempotency_key"] = "stream 1" };

        var first = await client.CallRpcAsync("chat.send_stream", Message());
        await client.EventAsync("chat.done");
        var second = await client.CallRpcAsync("chat.send_stream", Message());

        Assert.Equal(("started", "stream 1"), (first.Text("result/status"), first.Text("result/message_id")));
        Assert.Equal(("ok", "stream 1"), (second.Text("result/status"), second.Text("result/message_id")));
    }

    [Fact]
    public async Task A_message_whose_sender_hung_up_before_the_answer_runs_all_the_same()
    {
        JsonObject Message(string session, string text) =>
            new() { ["text"] = text, ["session_key"] = session, ["idempotency_key"] = session };
        var batch = $"[{JsonRpcWire.Call("1", "chat.send_stream", Message("heard", "Heard"))},{JsonRpcWire.Call("2", "chat.send", Message("long", "/slow 400 one two"))}]";
        await using var watcher = await Gateway.OpenOpenClawAsync();
        using (var sender = new TcpClient { LingerState = new LingerOption(true, 0) }) // ends by a reset, not by a goodbye
        {
            await sender.ConnectAsync(Gateway.HttpUrl.Host, Gateway.HttpUrl.Port, TestContext.Current.CancellationToken);
            await sender.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
                $"POST /rpc HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Gateway.Token}\r\nContent-Type: application/json\r\nContent-Length: {batch.Length}\r\n\r\n{batch}"),
                TestContext.Current.CancellationToken);
            await watcher.ReceiveAsync(frame => frame.Text("payload/runId") == "long"); // its batch is not answered before it ends
        }

        await using var client = await Gateway.OpenJsonRpcAsync();
        var answer = await client.CallRpcAsync("chat.send", Message("heard", "Heard"));

        Assert.Equal("Heard", answer.Text("result/text"));
        Assert.Equal(2, (await watcher.HistoryAsync("heard")).Count);
    }
}
