using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What the OpenClaw dialect does with what it cannot use, before and after the login.</summary>
[Trait("Requirement", "W5")]
public sealed class OpenClawBadInputTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Frame = "invalid request frame";
    private const string NotConnect = "invalid handshake: first request must be connect";
    private const string Health = """{"type":"req","id":"after","method":"health","params":{}}""";

    [Theory]
    [InlineData("""{"type":""", 1000, "")]
    [InlineData("hello", 1000, "")]
    [InlineData("""{"type":"req","id":"1","method":"connect"} x""", 1000, "")]
    [InlineData("[1,2,3]", 1008, Frame)]
    [InlineData("42", 1008, Frame)]
    [InlineData("null", 1008, Frame)]
    [InlineData("""{"type":"event","event":"x"}""", 1008, Frame)]
    [InlineData("""{"type":"res","id":"x","ok":true}""", 1008, Frame)]
    [InlineData("""{"type":"req","method":"connect"}""", 1008, Frame)]
    [InlineData("""{"type":"req","id":5,"method":"connect"}""", 1008, Frame)]
    [InlineData("""{"type":"req","id":"","method":"connect"}""", 1008, Frame)]
    [InlineData("""{"type":"req","id":"1","method":7}""", 1008, Frame)]
    [InlineData("""{"type":"req","id":"1","method":"connect","bogus":1}""", 1008, Frame)]
    [InlineData("""{"type":"req","id":"1","id":"2","method":"connect"}""", 1008, Frame)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"health"}""", 1008, Frame)]
    [InlineData("""{"type":"req","id":"1","method":"connect","params":{"x":"~huge~"}}""", 1009, "preauth payload too large")]
    [InlineData("""{"type":"req","id":"1","method":"connect","params":{"x":"~large~"}}""", 1009, "preauth payload too large")]
    [Trait("Requirement", "W8")]
    public async Task Before_the_login_it_closes_without_an_answer(string frame, int code, string reason)
    {
        await using var client = await fixture.Gateway.OpenSilentOpenClawAsync();

        await client.TrySendAsync(BadInput.Expand(frame));

        Assert.Equal((code, reason), await client.ClosedAsync());
        Assert.Single(client.Heard); // the challenge
        await fixture.Gateway.AssertAliveAsync();
    }

    [Fact]
    public async Task Before_the_login_an_empty_message_is_not_json_either()
    {
        await using var client = await fixture.Gateway.OpenSilentOpenClawAsync();

        await client.SendAsync("");
        await client.TrySendAsync(Health);

        Assert.Equal((1000, ""), await client.ClosedAsync());
    }

    [Theory]
    [InlineData("health")]
    [InlineData("chat.send")]
    [InlineData("no.such.method")]
    public async Task Before_the_login_any_other_method_than_connect_is_refused(string method)
    {
        await using var client = await fixture.Gateway.OpenSilentOpenClawAsync();

        var answer = await client.CallAsync(method);

        AssertRefused(answer, NotConnect);
        Assert.Equal((1008, NotConnect), await client.ClosedAsync());
    }

    [Theory]
    [InlineData("auth/token", "wrong-token-wrong-token", 1008, "unauthorized: gateway token mismatch (provide gateway auth token)")]
    [InlineData("auth/token", "", 1008, "unauthorized: gateway token mismatch (provide gateway auth token)")]
    [InlineData("auth/token", 7, 1008, "invalid connect params: at /auth/token: must be string")]
    [InlineData("auth", null, 1008, "device identity required")]
    [InlineData("role", "boss", 1008, "invalid role")]
    [InlineData("bogus", 1, 1008, "invalid connect params: at root: unexpected property 'bogus'")]
    [InlineData("client", null, 1008, "invalid connect params: must have required property 'client'")]
    [InlineData("client/id", "nobody", 1008, "invalid connect params: at /client/id: must be equal to one of the allowed values")]
    [InlineData("minProtocol", "3", 1008, "invalid connect params: at /minProtocol: must be integer")]
    [InlineData("minProtocol", 99, 1002, "protocol mismatch")]
    [InlineData("maxProtocol", 2, 1002, "protocol mismatch")]
    [Trait("Requirement", "A1")]
    [Trait("Requirement", "A5")]
    public async Task A_wrong_connect_is_answered_and_then_closed_for_the_same_reason(string path, object? value, int code, string reason)
    {
        await using var client = await fixture.Gateway.OpenSilentOpenClawAsync();
        var parameters = Changed(OpenClawWire.ConnectParams(fixture.Gateway.Token), path, value);

        var answer = await client.CallAsync("connect", value is 99 ? Changed(parameters, "maxProtocol", 99) : parameters);

        Assert.Equal(("false", reason), (answer.Text("ok"), answer.Text("error/message")));
        Assert.Equal((code, reason), await client.ClosedAsync());
        await fixture.Gateway.AssertAliveAsync();
    }

    [Theory]
    [InlineData("""{"type":"req","id":""")]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("""{"type":"req","id":"b","method":"health"} x""")]
    public async Task After_the_login_what_is_not_json_is_ignored(string frame)
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        await client.SendAsync(frame);
        await client.SendAsync(Health);

        var first = await client.ReceiveAsync();
        Assert.Equal(("after", "true"), (first.Text("id"), first.Text("ok")));
    }

    [Theory]
    [InlineData("[1,2,3]", "\"invalid\"", $"{Frame}: must be object")]
    [InlineData("42", "\"invalid\"", $"{Frame}: must be object")]
    [InlineData("null", "\"invalid\"", $"{Frame}: must be object")]
    [InlineData("""{"type":"req","method":"health"}""", "\"invalid\"", $"{Frame}: must have required property 'id'")]
    [InlineData("""{"type":"req","id":5,"method":"health"}""", "5", $"{Frame}: at /id: must be string")]
    [InlineData("""{"type":"req","id":"e","method":"health","bogus":1}""", "\"e\"", $"{Frame}: at root: unexpected property 'bogus'")]
    [InlineData("""{"type":"res","id":"x","ok":true}""", "\"x\"",
        $"{Frame}: must have required property 'method'; at root: unexpected property 'ok'; at /type: must be equal to constant")]
    [InlineData("""{"type":"req","id":"d","method":"health","method":"status"}""", "\"d\"",
        $"{Frame}: at root: duplicate property 'method'")]
    [InlineData("""{"type":"req","id":"u","method":"no.such.method"}""", "\"u\"", "unknown method: no.such.method")]
    [InlineData("""{"type":"req","id":"p","method":"sessions.list","params":{"limit":"x"}}""", "\"p\"",
        "invalid sessions.list params: at /limit: must be integer")]
    [InlineData("""{"type":"req","id":"p","method":"sessions.list","params":[1]}""", "\"p\"",
        "invalid sessions.list params: must be object")]
    [InlineData("""{"type":"req","id":"p","method":"sessions.list","params":{"limit":1,"limit":2}}""", "\"p\"",
        "invalid sessions.list params: at root: duplicate property 'limit'")]
    [InlineData("""{"type":"req","id":"p","method":"chat.send","params":{"sessionKey":"main","idempotencyKey":"k","message":["x"]}}""",
        "\"p\"", "invalid chat.send params: at /message: must be string")]
    [InlineData("""{"type":"req","id":"p","method":"chat.send","params":{"sessionKey":"main","idempotencyKey":"k","message":"a\ud800b"}}""",
        "\"p\"", "invalid chat.send params: at /message: must be string")]
    [Trait("Requirement", "A5")]
    public async Task After_the_login_what_does_not_fit_is_answered_under_its_id_and_the_socket_stays(
        string frame, string id, string message)
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        await client.SendAsync(frame);
        var answer = await client.ReceiveAsync(received => received.Text("type") == "res");

        Assert.Equal(id, answer.GetProperty("id").GetRawText());
        AssertRefused(answer, message);
        Assert.Equal("true", (await client.CallAsync("health")).Text("ok"));
    }

    [Fact]
    public async Task A_second_connect_is_refused_and_the_socket_stays()
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        var answer = await client.CallAsync("connect", OpenClawWire.ConnectParams(fixture.Gateway.Token));

        AssertRefused(answer, "connect is only valid as the first request");
        Assert.Equal("true", (await client.CallAsync("health")).Text("ok"));
    }

    [Theory]
    [InlineData("""{"type":"req","id":"deep","method":"health","params":{"x":~deep~}}""")]
    [InlineData("""{"type":"req","id":"deep","method":"\ud800","params":{}}""")]
    [InlineData("""{"type":"req","id":"deep","method":"health","\udc00":1}""")]
    public async Task After_the_login_json_that_is_only_odd_is_not_left_without_an_answer(string frame)
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        await client.SendAsync(BadInput.Expand(frame));
        await client.SendAsync(Health);

        Assert.Equal("deep", (await client.ReceiveAsync()).Text("id"));
    }

    [Theory]
    [InlineData(BadInput.Huge)]
    [InlineData(BadInput.Giant)]
    [Trait("Requirement", "W8")]
    public async Task After_the_login_a_frame_over_the_limit_closes_with_1009(string size)
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        await client.TrySendAsync(BadInput.Expand(OpenClawWire.Request("1", "health", new() { ["x"] = size })));

        Assert.Equal((1009, "payload too large"), await client.ClosedAsync());
        await fixture.Gateway.AssertAliveAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Text_that_is_not_utf8_closes_with_1007(bool isLoggedIn)
    {
        await using var client = isLoggedIn ? await fixture.Gateway.OpenOpenClawAsync() : await fixture.Gateway.OpenSilentOpenClawAsync();
        byte[] frame = [.. Encoding.UTF8.GetBytes("""{"type":"req","id":""" + "\""), 0xC3, 0x28, .. "\"}"u8];

        await client.SendAsync(frame, WebSocketMessageType.Text);

        Assert.Equal(1007, (await client.ClosedAsync()).Code);
        await fixture.Gateway.AssertAliveAsync();
    }

    [Fact]
    public async Task A_binary_message_is_read_as_text_and_one_in_pieces_as_one()
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        await client.SendAsync(Encoding.UTF8.GetBytes(Health), WebSocketMessageType.Binary);
        Assert.Equal("true", (await client.AnswerAsync("after")).Text("ok"));
        var bytes = Encoding.UTF8.GetBytes(Health);
        for (var index = 0; index < bytes.Length; index++)
        {
            await client.SendAsync(bytes.AsMemory(index, 1), WebSocketMessageType.Text, isEnd: index == bytes.Length - 1);
        }

        Assert.Equal("true", (await client.AnswerAsync("after")).Text("ok"));
        await client.SendAsync(new byte[] { 1, 2, 3, 4 }, WebSocketMessageType.Binary);
        Assert.Equal("true", (await client.CallAsync("health")).Text("ok"));
    }

    private static void AssertRefused(JsonElement answer, string message) => Assert.Equal(
        ("false", "INVALID_REQUEST", message), (answer.Text("ok"), answer.Text("error/code"), answer.Text("error/message")));

    private static JsonObject Changed(JsonObject parameters, string path, object? value)
    {
        var steps = path.Split('/');
        var parent = steps.Length == 1 ? parameters : (JsonObject)parameters[steps[0]]!;
        if (value is null)
        {
            parent.Remove(steps[^1]);
        }
        else
        {
            parent[steps[^1]] = value is int number ? JsonValue.Create(number) : JsonValue.Create((string)value);
        }

        return parameters;
    }
}
