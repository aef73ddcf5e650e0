using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The Session dialect, spoken with the real gateway: one tag a message, no ids.</summary>
[Trait("Requirement", "W4")]
public sealed class SessionDialectTests : IAsyncLifetime
{
    private readonly TempFolder _home = new();
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    [Trait("Requirement", "G2")]
    public async Task A_message_is_answered_token_by_token_and_ends_with_its_usage()
    {
        await using var client = await OpenAsync();
        var session = await ConnectAsync(client, null);

        await client.SendAsync($$$"""{"Chat":{"content":"/slow 100 one two three","session_id":"{{{session}}}"}}""");
        var text = "";
        var frame = await client.ReceiveAsync();
        while (frame.TryGetProperty("AgentToken", out var token))
        {
            Assert.Equal(session, token.Text("session_id"));
            text += token.Text("token");
            frame = await client.ReceiveAsync();
        }

        Assert.Equal("one two three", text);
        Assert.Equal(session, frame.Text("AgentComplete/session_id"));
        Assert.Equal(3, frame.GetProperty("AgentComplete").GetProperty("usage").GetProperty("output").GetInt32());
    }

    [Fact]
    public async Task A_session_stays_when_its_connection_goes_and_is_heard_again_after_the_next_connect()
    {
        await using var first = await OpenAsync();
        var session = await ConnectAsync(first, null);
        await first.SendAsync($$$"""{"Chat":{"content":"/slow 300 a b c","session_id":"{{{session}}}"}}""");
        await first.ReceiveAsync(frame => frame.TryGetProperty("AgentToken", out _));
        await first.DisposeAsync();

        await using var again = await OpenAsync();
        var restored = await ConnectAsync(again, session);
        var end = await again.ReceiveAsync(frame => frame.TryGetProperty("AgentComplete", out _));

        Assert.Equal(session, restored);
        Assert.Equal(session, end.Text("AgentComplete/session_id"));
    }

    [Fact]
    public async Task A_session_that_is_detached_is_heard_no_more_and_goes_on()
    {
        await using var client = await OpenAsync();
        await using var other = await OpenAsync();
        var session = await ConnectAsync(client, null);
        Assert.Equal(session, await ConnectAsync(other, session));

        await client.SendAsync($$$$"""{"Command":{"name":"detach","args":{"session_id":"{{{{session}}}}"}}}""");
        var detached = await client.ReceiveAsync();
        await other.SendAsync($$$"""{"Chat":{"content":"Hello","session_id":"{{{session}}}"}}""");
        await other.ReceiveAsync(frame => frame.TryGetProperty("AgentComplete", out _));
        await client.SendAsync("\"Ping\"");
        var next = await client.ReceiveAsync();

        Assert.Equal(session, detached.Text("Connected/session_id"));
        Assert.True(next.TryGetProperty("Pong", out _));
    }

    [Fact]
    public async Task A_connect_alone_writes_nothing()
    {
        await using var client = await OpenAsync();
        await using var reader = await _gateway.OpenOpenClawAsync();

        var session = await ConnectAsync(client, null);
        await ConnectAsync(client, "named");
        var before = await reader.CallAsync("sessions.list");
        await client.SendAsync($$$"""{"Chat":{"content":"Hello","session_id":"{{{session}}}"}}""");
        await client.ReceiveAsync(frame => frame.TryGetProperty("AgentComplete", out _));
        var after = await reader.CallAsync("sessions.list");

        Assert.Empty(before.List("payload/sessions"));
        Assert.Equal([session], after.List("payload/sessions").Select(row => row.Text("key")));
    }

    [Fact]
    public async Task A_command_stops_what_runs()
    {
        await using var client = await OpenAsync();
        var session = await ConnectAsync(client, null);
        await client.SendAsync($$$"""{"Chat":{"content":"/slow 1000 a b c d e f","session_id":"{{{session}}}"}}""");
        await client.ReceiveAsync(frame => frame.TryGetProperty("AgentToken", out _));

        await client.SendAsync($$$$"""{"Command":{"name":"stop","args":{"session_id":"{{{{session}}}}"}}}""");
        var stopped = await client.ReceiveAsync(frame => frame.TryGetProperty("Error", out _));

        Assert.Equal("ABORTED", stopped.Text("Error/code"));
    }

    [Theory]
    [InlineData("""{"Ping":{"timestamp":1788000000123}}""", 1788000000123)]
    [InlineData("""{"Ping":{}}""", null)]
    [InlineData("\"Ping\"", null)]
    public async Task A_ping_is_answered_also_before_the_login(string ping, long? timestamp)
    {
        await using var client = await OpenAsync();

        await client.SendAsync(ping);
        var pong = await client.ReceiveAsync();

        var answered = pong.GetProperty("Pong").GetProperty("timestamp").GetInt64();
        Assert.True(timestamp is null ? answered > 0 : answered == timestamp);
    }

    [Theory]
    [InlineData("{", "PARSE_ERROR")]
    [InlineData("[]", "INVALID_REQUEST")]
    [InlineData("{}", "INVALID_REQUEST")]
    [InlineData("""{"Ping":{},"Chat":{}}""", "INVALID_REQUEST")]
    [InlineData("""{"Chat":{"session_id":"main"}}""", "INVALID_PARAMS")]
    [InlineData("""{"Command":{"name":"dance"}}""", "UNKNOWN_METHOD")]
    [InlineData("""{"Dance":{}}""", "UNKNOWN_METHOD")]
    [InlineData("""{"type":"req","id":"1","method":"connect","params":{}}""", "INVALID_REQUEST")]
    public async Task What_is_wrong_is_named_and_the_connection_goes_on(string frame, string code)
    {
        await using var client = await OpenAsync();
        await ConnectAsync(client, "main");

        await client.SendAsync(frame);
        var refused = await client.ReceiveAsync();
        await client.SendAsync("\"Ping\"");
        var pong = await client.ReceiveAsync();

        Assert.Equal(code, refused.Text("Error/code"));
        Assert.True(pong.TryGetProperty("Pong", out _));
    }

    [Theory]
    [InlineData("""{"Connect":{"session_id":null,"auth":"wrong"}}""")]
    [InlineData("""{"Connect":{}}""")]
    [Trait("Requirement", "A1")]
    public async Task Without_the_token_the_connection_ends(string connect)
    {
        await using var client = await OpenAsync();

        await client.SendAsync(connect);
        var refused = await client.ReceiveAsync();
        var closed = await client.ClosedAsync();

        Assert.Equal("UNAUTHENTICATED", refused.Text("Error/code"));
        Assert.Equal(1008, closed.Code);
    }

    private async Task<string> ConnectAsync(WireClient client, string? session)
    {
        var id = session is null ? "null" : $"\"{session}\"";
        await client.SendAsync($$$$"""{"Connect":{"session_id":{{{{id}}}},"auth":"{{{{_gateway.Token}}}}"}}""");
        return (await client.ReceiveAsync()).Text("Connected/session_id")!;
    }

    private Task<WireClient> OpenAsync() => WireClient.OpenAsync(_gateway.Url + "/session");
}
