using System.Text.Json;
using Chela.Client;

namespace Chela.Gateway.Tests.Client;

public sealed class CallTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_find_their_calls_in_any_order()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var first = await connection.ReceiveAsync();
            var second = await connection.ReceiveAsync();
            var third = await connection.ReceiveAsync();
            foreach (var request in new[] { third, first, second })
            {
                await connection.AnswerAsync(request, $"\"{request.Method}\"");
            }
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        var calls = new[] { "a", "b", "c" }.Select(method => client.CallAsync(method, ct: Ct)).ToArray();
        var answers = await Task.WhenAll(calls);

        Assert.Equal(["a", "b", "c"], answers.Select(answer => answer.GetString()));
    }

    [Fact]
    public async Task A_hundred_calls_from_many_threads_are_a_hundred_whole_frames()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            for (var i = 0; i < 100; i++)
            {
                var request = await connection.ReceiveAsync();
                await connection.AnswerAsync(request, request.Params.GetRawText());
            }
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        var sum = 0;
        await Parallel.ForAsync(0, 100, Ct, async (i, ct) =>
        {
            var answer = await client.CallAsync("echo", JsonElement.Parse($$"""{"n":{{i}}}"""), ct);
            Assert.Equal(i, answer.GetProperty("n").GetInt32());
            Interlocked.Add(ref sum, i);
        });

        Assert.Equal(4950, sum);
    }

    [Fact]
    public async Task An_error_answer_becomes_an_exception_with_all_it_said()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection => await connection.RefuseAsync(
            await connection.ReceiveAsync(),
            """{"code":"UNAVAILABLE","message":"rate limit exceeded for config.patch; retry after 7s","retryable":true,"retryAfterMs":7000,"details":{"method":"config.patch","limit":"30 per 60s"}}"""));
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        var refusal = await Assert.ThrowsAsync<GatewayCallException>(() => client.CallAsync("config.patch", ct: Ct));

        Assert.Equal("config.patch", refusal.Method);
        Assert.Equal("UNAVAILABLE", refusal.Code);
        Assert.True(refusal.Retryable);
        Assert.Equal(7000, refusal.RetryAfterMs);
        Assert.Equal("30 per 60s", refusal.Details!.Value.GetProperty("limit").GetString());
        Assert.Null(refusal.DetailCode);
    }

    [Fact]
    public async Task The_second_answer_is_waited_for_only_by_who_asked_for_it()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            for (var i = 0; i < 2; i++)
            {
                var request = await connection.ReceiveAsync();
                await connection.AnswerAsync(request, RecordedFrames.AgentAccepted);
                await connection.AnswerAsync(request, RecordedFrames.AgentDone);
            }

            await connection.AnswerAsync(await connection.ReceiveAsync(), "{}");
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        var first = await client.CallAsync("agent", ct: Ct);
        var final = await client.CallForFinalAsync("agent", ct: Ct);
        var after = await client.CallAsync("health", ct: Ct);

        Assert.Equal("accepted", first.GetProperty("status").GetString());
        Assert.Equal("ok", final.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Object, after.ValueKind);
    }

    [Fact]
    public async Task A_call_without_an_answer_times_out_and_the_connection_lives_on()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var forgotten = await connection.ReceiveAsync();
            var next = await connection.ReceiveAsync();
            await connection.AnswerAsync(forgotten, "\"too late\"");
            await connection.AnswerAsync(next, "\"in time\"");
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url, CallTimeout = TimeSpan.FromSeconds(2) }, Ct);

        var late = await Assert.ThrowsAsync<TimeoutException>(() => client.CallAsync("slow", ct: Ct));
        var next = await client.CallAsync("quick", ct: Ct);

        Assert.Equal("no answer to slow within 2 s", late.Message);
        Assert.Equal("in time", next.GetString());
    }

    [Fact]
    public async Task A_cancelled_call_leaves_the_others_alone()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.ReceiveAsync();
            await connection.AnswerAsync(await connection.ReceiveAsync(), "1");
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        using var cancelled = new CancellationTokenSource();

        var given = client.CallAsync("a", ct: cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(1, (await client.CallAsync("b", ct: Ct)).GetInt32());
    }

    [Fact]
    public async Task A_request_larger_than_the_gateway_takes_is_refused_here()
    {
        await using var gateway = await ScriptedGateway.StartRawAsync(async connection =>
        {
            await connection.SendAsync(RecordedFrames.Challenge);
            await connection.AnswerAsync(
                await connection.ReceiveAsync(), RecordedFrames.Hello.Replace("26214400", "1000", StringComparison.Ordinal));
            await connection.AnswerAsync(await connection.ReceiveAsync(), "1");
        });
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        var large = JsonElement.Parse($"\"{new string('x', 2000)}\"");

        await Assert.ThrowsAsync<GatewayCallException>(() => client.CallAsync("chat.send", large, Ct));

        Assert.Equal(1, (await client.CallAsync("health", ct: Ct)).GetInt32());
    }
}
