using Chela.Client;

namespace Chela.Gateway.Tests.Client;

public sealed class EventTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gap_in_the_numbering_is_reported_with_the_event_after_it()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.ReceiveAsync();
            foreach (var seq in new[] { 1, 2, 5, 6 })
            {
                await connection.SendAsync($$"""{"type":"event","event":"tick","payload":{"ts":1},"seq":{{seq}}}""");
            }
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        using var events = client.Subscribe();
        _ = client.CallAsync("go", ct: Ct);

        var read = await events.ReadAllAsync(Ct).Take(4).ToListAsync(Ct);

        Assert.Equal([1L, 2L, 5L, 6L], read.Select(message => message.Seq));
        Assert.Equal([0L, 0L, 2L, 0L], read.Select(message => message.Missed));
        Assert.Equal(1, read[0].Payload!.Value.GetProperty("ts").GetInt32());
    }

    [Fact]
    public async Task A_full_subscription_lets_the_oldest_go_and_says_how_many()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var go = await connection.ReceiveAsync();
            for (var seq = 1; seq <= 10; seq++)
            {
                await connection.SendAsync($$"""{"type":"event","event":"tick","seq":{{seq}}}""");
            }

            await connection.AnswerAsync(go, "1");
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        using var events = client.Subscribe(capacity: 4);
        await client.CallAsync("go", ct: Ct);

        var read = await events.ReadAllAsync(Ct).Take(4).ToListAsync(Ct);

        Assert.Equal([7L, 8L, 9L, 10L], read.Select(message => message.Seq));
        Assert.Equal(6, read[0].Missed);
    }

    [Fact]
    public async Task A_filter_takes_one_run_and_still_tells_of_gaps_around_it()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.ReceiveAsync();
            await connection.SendAsync(RecordedFrames.Delta("mine", 1, "a", "a"));
            await connection.SendAsync(RecordedFrames.Delta("other", 4, "b", "b"));
            await connection.SendAsync(RecordedFrames.Final("mine", 5, "ac"));
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        using var events = client.Subscribe(new GatewayEventFilter("chat", "mine"));
        _ = client.CallAsync("go", ct: Ct);

        var read = await events.ReadAllAsync(Ct).Take(2).ToListAsync(Ct);

        Assert.Equal([1L, 5L], read.Select(message => message.Seq));
        Assert.Equal([0L, 2L], read.Select(message => message.Missed));
    }

    [Fact]
    public async Task A_subscription_yields_what_came_before_the_end_and_then_the_end()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.ReceiveAsync();
            await connection.SendAsync(RecordedFrames.Tick);
            await connection.SendAsync(RecordedFrames.Shutdown);
            await connection.CloseAsync(1012, "service restart");
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        using var events = client.Subscribe();
        _ = client.CallAsync("go", ct: Ct).ContinueWith(task => task.Exception, TaskScheduler.Default);
        var names = new List<string>();

        var end = await Assert.ThrowsAsync<GatewayClosedException>(async () =>
        {
            await foreach (var message in events.ReadAllAsync(Ct))
            {
                names.Add(message.Name);
            }
        });

        Assert.Equal(["tick", "shutdown"], names);
        Assert.Equal(1012, end.CloseCode);
    }

    [Fact]
    public async Task Disposing_the_client_ends_a_subscription_without_an_error()
    {
        await using var gateway = await ScriptedGateway.StartAsync(_ => Task.CompletedTask);
        var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        using var events = client.Subscribe();

        await client.DisposeAsync();

        Assert.Empty(await events.ReadAllAsync(Ct).ToListAsync(Ct));
    }
}
