using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The plain dialect, spoken with the real gateway.</summary>
[Trait("Requirement", "W3")]
public sealed class PlainDialectTests : IAsyncLifetime
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
    [Trait("Requirement", "W9")]
    public async Task A_run_answers_with_the_session_and_the_reply()
    {
        await using var client = await OpenAsync();

        await client.SendAsync("""{"id":"req-123","method":"agent.run","params":{"agentId":"main","message":"Hello"}}""");
        var answer = await client.ReceiveAsync();

        Assert.Equal("req-123", answer.Text("id"));
        Assert.Equal("Hello", answer.Text("result/reply"));
        Assert.NotEqual("", answer.Text("result/sessionId"));
    }

    [Fact]
    [Trait("Requirement", "W7")]
    public async Task A_message_is_acknowledged_and_its_events_follow_to_the_end()
    {
        await using var client = await OpenAsync();

        await client.SendAsync("""{"id":1,"method":"chat.send","params":{"sessionKey":"main","message":"one two","idempotencyKey":"k"}}""");
        var answer = await client.ReceiveAsync();
        var delta = await client.ReceiveAsync(frame => frame.Text("event") == "chat.delta");
        var done = await client.ReceiveAsync(frame => frame.Text("event") == "chat.done");

        Assert.Equal("started", answer.Text("result/status"));
        Assert.StartsWith("one", delta.Text("data/deltaText"), StringComparison.Ordinal);
        Assert.Equal("final", done.Text("data/state"));
    }

    [Theory]
    [InlineData("{", "PARSE_ERROR")]
    [InlineData("", "PARSE_ERROR")]
    [InlineData("[1]", "INVALID_REQUEST")]
    [InlineData("[1", "PARSE_ERROR")]
    [InlineData("""{"id":7}""", "INVALID_REQUEST")]
    [InlineData("""{"id":7,"method":5}""", "INVALID_REQUEST")]
    [InlineData("""{"id":7,"method":"health","params":[]}""", "INVALID_PARAMS")]
    [InlineData("""{"id":7,"method":"nothing"}""", "UNKNOWN_METHOD")]
    [InlineData("""{"id":7,"method":"chat.history","params":{"limit":1}}""", "INVALID_PARAMS")]
    [InlineData("""{"id":7,"method":"\ud800"}""", "PARSE_ERROR")]
    public async Task What_is_wrong_is_named_and_the_connection_goes_on(string frame, string code)
    {
        await using var client = await OpenAsync();

        await client.SendAsync(frame);
        var refused = await client.ReceiveAsync();
        await client.SendAsync("""{"id":8,"method":"health"}""");
        var answer = await client.ReceiveAsync();

        Assert.Equal(code, refused.Text("error/code"));
        Assert.True(answer.GetProperty("result").GetProperty("ok").GetBoolean());
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public async Task Before_the_login_only_health_answers_and_a_wrong_token_ends_the_connection()
    {
        await using var client = await WireClient.OpenAsync(_gateway.Url + "/plain");

        await client.SendAsync("""{"id":1,"method":"health"}""");
        var health = await client.ReceiveAsync();
        await client.SendAsync("""{"id":2,"method":"sessions.list"}""");
        var refused = await client.ReceiveAsync();
        await client.SendAsync("""{"id":3,"method":"auth.login","params":{"token":"wrong"}}""");
        var closed = await client.ClosedAsync();

        Assert.True(health.GetProperty("result").GetProperty("ok").GetBoolean());
        Assert.Equal("UNAUTHENTICATED", refused.Text("error/code"));
        Assert.Equal(1008, closed.Code);
    }

    private Task<WireClient> OpenAsync() => WireClient.OpenAsync(_gateway.Url + "/plain", ("Authorization", $"Bearer {_gateway.Token}"));
}
