using System.Text;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Tests.Wire;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Rpc;

[Trait("Requirement", "W6")]
public sealed class DispatcherTests
{
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData(" { } ")]
    public async Task No_parameters_may_be_written_in_several_ways(string parameters)
    {
        var outcome = await CallAsync(ProbeMethods.Saying("m", "yes"), parameters);

        Assert.Equal("""{"type":"res","id":"1","ok":true,"payload":{"said":"yes"}}""", Written.Outcome(new OpenClawDialect(), outcome));
    }

    [Theory]
    [Trait("Requirement", "A5")]
    [InlineData("""{"text":5}""", "at /text: must be string")]
    [InlineData("""{"bogus":1}""", "at root: unexpected property 'bogus'")]
    [InlineData("""{"place":{}}""", "at /place: must have required property 'row'")]
    [InlineData("""{"place":{"row":"x"}}""", "at /place/row: must be integer")]
    [InlineData("""{"place":{"row":1.5}}""", "at /place/row: must be integer")]
    [InlineData("""{"place":{"row":10}}""", "at /place/row: must be <= 9")]
    [InlineData("""{"text":5,"place":{"row":-1}}""", "at /text: must be string; at /place/row: must be >= 0")]
    [InlineData("[]", "must be object")]
    [InlineData("\"x\"", "must be object")]
    [InlineData("5", "must be object")]
    public async Task Parameters_that_do_not_fit_are_refused_at_their_place(string parameters, string problem)
    {
        var outcome = await CallAsync(ProbeMethods.Saying("m", "yes"), parameters);

        Assert.Equal(new RpcError(RpcErrorKind.InvalidParams, $"invalid m params: {problem}"), outcome.Error);
    }

    [Theory]
    [Trait("Requirement", "A5")]
    [InlineData("""{"text":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"\ud800aaaaaaaaaaaaaaaaaaaa":1}""")]
    public async Task Half_a_character_in_the_parameters_is_refused(string parameters)
    {
        var outcome = await CallAsync(ProbeMethods.Saying("m", "yes"), parameters);

        Assert.Equal(RpcErrorKind.InvalidParams, outcome.Error?.Kind);
    }

    [Fact]
    public async Task An_error_that_a_method_means_reaches_the_caller_whole()
    {
        var error = new RpcError(RpcErrorKind.Conflict, "It changed.") { RetryAfterMs = 7 };

        var atOnce = await CallAsync(ProbeMethods.Method("m", (_, _, _) => throw new RpcException(error)));
        var later = await CallAsync(ProbeMethods.Method("m", async (_, _, _) =>
        {
            await Task.Yield();
            throw new RpcException(error);
        }));

        Assert.Equal((error, error), (atOnce.Error, later.Error));
    }

    [Fact]
    public async Task A_fault_of_a_method_is_an_internal_error_that_tells_nothing()
    {
        var expected = new RpcError(RpcErrorKind.Internal, "m failed inside the gateway; its log says why");

        var atOnce = await CallAsync(ProbeMethods.Method("m", (_, _, _) => throw new InvalidOperationException("the secret is 42")));
        var later = await CallAsync(ProbeMethods.Method("m", async (_, _, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("the secret is 42");
        }));
        var given = await CallAsync(ProbeMethods.Method("m", (_, _, _) => ValueTask.FromException<ProbeResult>(new IOException("/etc/secret"))));

        Assert.All([atOnce, later, given], outcome => Assert.Equal(expected, outcome.Error));
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_fault()
    {
        var outcome = await CallAsync(ProbeMethods.Method("m", (_, _, _) => throw new OperationCanceledException()));

        Assert.Equal(RpcErrorKind.Internal, outcome.Error?.Kind);
    }

    [Fact]
    public async Task A_method_that_takes_longer_than_it_may_is_stopped_and_the_caller_told()
    {
        var method = Waiting() with { Deadline = TimeSpan.FromSeconds(30) };

        var pending = CallAsync(method).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        var isEarly = pending.IsCompleted;
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        var outcome = await pending;

        Assert.False(isEarly);
        Assert.Equal(new RpcError(RpcErrorKind.Timeout, "m took too long"), outcome.Error);
    }

    [Fact]
    public async Task A_method_without_a_deadline_may_take_any_time()
    {
        using var connection = new CancellationTokenSource();

        var pending = CallAsync(Waiting(), ct: connection.Token).AsTask();
        _clock.Advance(TimeSpan.FromDays(1));
        var isEarly = pending.IsCompleted;
        await connection.CancelAsync();
        var outcome = await pending;

        Assert.False(isEarly);
        Assert.Equal(new RpcError(RpcErrorKind.Unavailable, "the connection was closed"), outcome.Error);
    }

    [Fact]
    public async Task When_the_connection_ends_the_call_ends_with_it_and_not_by_its_deadline()
    {
        using var connection = new CancellationTokenSource();

        var pending = CallAsync(Waiting() with { Deadline = TimeSpan.FromSeconds(30) }, ct: connection.Token).AsTask();
        await connection.CancelAsync();
        var outcome = await pending;

        Assert.Equal(new RpcError(RpcErrorKind.Unavailable, "the connection was closed"), outcome.Error);
    }

    [Fact]
    public async Task A_deadline_ends_with_its_call()
    {
        await CallAsync(ProbeMethods.Saying("m", "yes") with { Deadline = TimeSpan.FromSeconds(30) });
        await CallAsync(ProbeMethods.Method("m", (_, _, _) => throw new IOException()) with { Deadline = TimeSpan.FromSeconds(30) });

        Assert.False(_clock.WhenTimerAsync(TimeSpan.FromSeconds(30)).IsCompleted);
    }

    [Fact]
    public void What_follows_an_answer_runs_once_in_the_order_it_was_asked_for()
    {
        var said = new List<string>();
        var context = ProbeMethods.Call("m");
        context.AfterAnswer(() => said.Add("first"));
        context.AfterAnswer(() => said.Add("second"));

        context.Answered();
        context.Answered();

        Assert.Equal(["first", "second"], said);
    }

    private static RpcMethod Waiting() => ProbeMethods.Method("m", async (_, _, ct) =>
    {
        await new TaskCompletionSource().Task.WaitAsync(ct);
        return new ProbeResult("never");
    });

    private ValueTask<Outcome> CallAsync(RpcMethod method, string parameters = "", CancellationToken? ct = null) =>
        ProbeMethods.Dispatcher(_clock, method).InvokeAsync(
            Dialect.OpenClaw, Encoding.UTF8.GetBytes(parameters), ProbeMethods.Call(method.Name), ct ?? Ct);
}
