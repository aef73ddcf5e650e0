using System.Net.WebSockets;
using Chela.Client;

namespace Chela.Gateway.Tests.Client;

public sealed class CloseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1008, "slow consumer")]
    [InlineData(1012, "service restart")]
    [InlineData(4001, "gateway auth changed")]
    public async Task A_close_fails_every_waiting_call_with_its_code_and_reason(int code, string reason)
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.ReceiveAsync();
            await connection.ReceiveAsync();
            await connection.CloseAsync(code, reason);
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        var first = client.CallAsync("a", ct: Ct);
        var second = client.CallAsync("b", ct: Ct);

        foreach (var call in new[] { first, second, client.CallAsync("c", ct: Ct) })
        {
            var closed = await Assert.ThrowsAsync<GatewayClosedException>(() => call);
            Assert.Equal(code, closed.CloseCode);
            Assert.Equal(reason, closed.Reason);
        }

        Assert.Equal(code, (await client.Closed).CloseCode);
        await Assert.ThrowsAsync<GatewayClosedException>(() => client.CallAsync("too late", ct: Ct));
    }

    [Fact]
    public async Task A_gateway_that_dies_fails_the_waiting_calls()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.ReceiveAsync();
            connection.Die();
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        var closed = await Assert.ThrowsAsync<GatewayClosedException>(() => client.CallAsync("a", ct: Ct));

        Assert.Equal(GatewayClosedException.Lost, closed.CloseCode);
    }

    [Fact]
    public async Task A_frame_over_the_limit_ends_the_connection_with_1009()
    {
        var seen = new TaskCompletionSource<WebSocketCloseStatus?>();
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.AnswerAsync(await connection.ReceiveAsync(), $"\"{new string('x', 200_000)}\"");
            seen.SetResult(await connection.SwallowAsync());
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url, MaxFrameBytes = 100_000 }, Ct);

        var closed = await Assert.ThrowsAsync<GatewayClosedException>(() => client.CallAsync("a", ct: Ct));

        Assert.Equal(1009, closed.CloseCode);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await seen.Task.WaitAsync(Ct));
    }

    [Theory]
    [InlineData("{\"type\":")]
    [InlineData("not json at all")]
    [InlineData("[1,2,3]")]
    [InlineData("{\"ok\":true}")]
    public async Task A_frame_that_cannot_be_read_ends_the_connection_with_1007(string garbage)
    {
        var seen = new TaskCompletionSource<WebSocketCloseStatus?>();
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.ReceiveAsync();
            await connection.SendAsync(garbage);
            seen.SetResult(await connection.SwallowAsync());
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        var closed = await Assert.ThrowsAsync<GatewayClosedException>(() => client.CallAsync("a", ct: Ct));

        Assert.Equal(1007, closed.CloseCode);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await seen.Task.WaitAsync(Ct));
    }

    [Fact]
    public async Task Kinds_of_frames_and_fields_from_the_future_are_ignored()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            await connection.SendAsync("""{"type":"hint","x":1}""");
            await connection.SendAsync("""{"type":"res","id":"nobody","ok":true,"later":{}}""");
            await connection.AnswerAsync(request, "1");
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        Assert.Equal(1, (await client.CallAsync("a", ct: Ct)).GetInt32());
    }

    [Fact]
    public async Task Disposing_says_goodbye_with_1000()
    {
        var seen = new TaskCompletionSource<WebSocketCloseStatus?>();
        await using var gateway = await ScriptedGateway.StartAsync(async connection => seen.SetResult(await connection.SwallowAsync()));
        var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        await client.DisposeAsync();
        await client.DisposeAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await seen.Task.WaitAsync(Ct));
        Assert.Equal(1000, (await client.Closed).CloseCode);
    }

    [Fact]
    public async Task A_gateway_that_ignores_the_goodbye_is_left_after_the_deadline()
    {
        var release = new TaskCompletionSource();
        await using var gateway = await ScriptedGateway.StartAsync(_ => release.Task);
        var client = await GatewayClient.ConnectAsync(
            new() { Url = gateway.Url, CloseTimeout = TimeSpan.FromMilliseconds(200) }, Ct);

        await client.DisposeAsync();
        release.SetResult();

        Assert.Equal(1000, (await client.Closed).CloseCode);
    }
}
