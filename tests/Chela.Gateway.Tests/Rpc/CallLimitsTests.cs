using System.Net;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Rpc;

/// <summary>How often a client may call, and what it is told when that was too often.</summary>
[Trait("Requirement", "A6")]
public sealed class CallLimitsTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider _clock = new();
    private CallLimitSettings _settings = new(Chat: 3, ChatOfAddress: 5);

    [Fact]
    [Trait("Requirement", "W8")]
    public void A_client_that_asks_too_often_is_told_when_it_may_again()
    {
        var limits = Limits();
        var meter = new CallMeter(Here);
        AssertAllowed(limits, Chat("chat.send"), meter, 3);
        _clock.Advance(TimeSpan.FromSeconds(47.5));

        var refusal = limits.Refusal(Chat("chat.send"), Caller("c1"), meter)!;
        _clock.Advance(TimeSpan.FromSeconds(12.5));
        var later = limits.Refusal(Chat("chat.send"), Caller("c1"), meter);

        Assert.Equal(
            (RpcErrorKind.TooMany, "rate limit exceeded for chat.send; retry after 13s", 12_500),
            (refusal.Kind, refusal.Message, refusal.RetryAfterMs));
        var reset = _clock.GetUtcNow().ToUnixTimeMilliseconds(); // which is now
        Assert.Equal(
            $$"""{"method":"chat.send","limit":"3 per 60s","retryAfterMs":12500,"resetAtMs":{{reset}}}""", refusal.Details?.GetRawText());
        Assert.Null(later);
    }

    [Fact]
    public void A_refused_call_counts_for_nothing()
    {
        var limits = Limits();
        var meter = new CallMeter(Here);
        AssertAllowed(limits, Chat("m"), meter, 3);

        for (var call = 0; call < 100; call++)
        {
            Assert.NotNull(limits.Refusal(Chat("m"), Caller("c1"), meter));
        }

        _clock.Advance(RateWindow.Span);
        AssertAllowed(limits, Chat("m"), meter, 3);
    }

    [Fact]
    public void All_chat_methods_of_a_connection_are_counted_together_and_each_connection_alone()
    {
        var limits = Limits();
        var (first, second) = (new CallMeter(Here), new CallMeter(There));
        AssertAllowed(limits, Chat("chat.send"), first, 2);
        AssertAllowed(limits, Chat("agent.run"), first, 1);

        Assert.NotNull(limits.Refusal(Chat("agent.run"), Caller("c1"), first));
        Assert.Null(limits.Refusal(Chat("agent.run"), Caller("c2"), second));
    }

    [Fact]
    public void A_device_has_one_budget_over_all_its_connections()
    {
        var limits = Limits();
        AssertAllowed(limits, Chat("m"), new CallMeter(Here), 2, device: "d1");
        AssertAllowed(limits, Chat("m"), new CallMeter(There), 1, device: "d1");

        Assert.NotNull(limits.Refusal(Chat("m"), Caller("c3", "d1"), new CallMeter(There)));
        Assert.Null(limits.Refusal(Chat("m"), Caller("c4", "d2"), new CallMeter(There)));
    }

    [Fact]
    public void An_address_has_one_budget_over_all_its_connections()
    {
        var limits = Limits();
        AssertAllowed(limits, Chat("m"), new CallMeter(Here), 3);
        AssertAllowed(limits, Chat("m"), new CallMeter(Here), 2);

        var refusal = limits.Refusal(Chat("m"), Caller("c3"), new CallMeter(Here));

        Assert.Contains("5 per 60s", refusal?.Details?.GetRawText(), StringComparison.Ordinal);
        Assert.Null(limits.Refusal(Chat("m"), Caller("c4"), new CallMeter(There)));
    }

    [Fact]
    public void Calls_without_a_connection_are_counted_by_their_address()
    {
        var limits = Limits();
        for (var call = 0; call < 3; call++)
        {
            Assert.Null(limits.Refusal(Chat("m"), Caller($"request {call}"), new CallMeter(Here) { IsOneCall = true }));
        }

        Assert.NotNull(limits.Refusal(Chat("m"), Caller("request 4"), new CallMeter(Here) { IsOneCall = true }));
        Assert.Null(limits.Refusal(Chat("m"), Caller("request 5"), new CallMeter(There) { IsOneCall = true }));
    }

    [Fact]
    public void Free_methods_are_never_refused()
    {
        var limits = Limits();
        var meter = new CallMeter(Here);

        AssertAllowed(limits, ProbeMethods.Saying("health", "yes"), meter, 10_000);
    }

    [Fact]
    public void A_limit_can_be_changed_while_it_counts_and_taken_away()
    {
        var limits = Limits();
        var meter = new CallMeter(Here);
        AssertAllowed(limits, Chat("m"), meter, 3);
        _settings = new CallLimitSettings(0, 0);

        AssertAllowed(limits, Chat("m"), meter, 1_000);
    }

    [Fact]
    [Trait("Requirement", "W5")]
    public void Changes_of_the_gateway_are_limited_in_the_words_of_the_protocol()
    {
        var limits = Limits();
        var write = ProbeMethods.Saying("config.patch", "yes") with { Cost = CallCost.ControlPlaneWrite };
        var other = ProbeMethods.Saying("cron.add", "yes") with { Cost = CallCost.ControlPlaneWrite };
        AssertAllowed(limits, write, new CallMeter(Here), 30, device: "d1");
        _clock.Advance(TimeSpan.FromSeconds(20.4));

        var refusal = limits.Refusal(write, Caller("c2", "d1"), new CallMeter(Here))!;

        Assert.Equal(("rate limit exceeded for config.patch; retry after 40s", 39_600), (refusal.Message, refusal.RetryAfterMs));
        Assert.Equal("""{"method":"config.patch","limit":"30 per 60s"}""", refusal.Details?.GetRawText());
        Assert.Null(limits.Refusal(other, Caller("c2", "d1"), new CallMeter(Here)));
        Assert.Null(limits.Refusal(write, Caller("c2", "d2"), new CallMeter(Here)));
        Assert.Null(limits.Refusal(write, Caller("c2", "d1"), new CallMeter(There)));
    }

    [Fact]
    public void The_tables_stay_bounded_when_keys_are_invented_and_the_newest_are_kept()
    {
        var table = new RateTable<int>(capacity: 100);
        for (var key = 0; key < 10_000; key++)
        {
            table.Take(key, TimeSpan.FromMilliseconds(key));
            Assert.InRange(table.Count, 1, 100);
        }

        var now = TimeSpan.FromMilliseconds(10_000);
        Assert.Equal(TimeSpan.Zero, table.Wait(9_899, now, limit: 1));
        Assert.True(table.Wait(9_900, now, limit: 1) > TimeSpan.Zero);
        Assert.True(table.Wait(9_999, now, limit: 1) > TimeSpan.Zero);
    }

    [Fact]
    public void A_table_forgets_who_has_not_called_for_a_minute()
    {
        var table = new RateTable<string>(capacity: 100);
        table.Take("gone", TimeSpan.Zero);
        for (var minute = 0; minute < 1_000; minute++)
        {
            table.Take("steady", TimeSpan.FromMinutes(minute));
        }

        Assert.Equal(1, table.Count);
    }

    private CallLimits Limits() => new(() => _settings, _clock);

    private static RpcMethod Chat(string name) => ProbeMethods.Saying(name, "yes") with { Cost = CallCost.Chat };

    [Fact]
    public void A_person_has_one_limit_for_all_connections_with_or_without_a_device()
    {
        var limits = Limits();
        var ann = Caller("c1") with { UserId = "ann" };
        Assert.Null(limits.Refusal(Chat("m"), ann, new CallMeter(Here)));
        Assert.Null(limits.Refusal(Chat("m"), ann with { DeviceId = "d1" }, new CallMeter(There)));
        Assert.Null(limits.Refusal(Chat("m"), ann with { DeviceId = "d2" }, new CallMeter(Here)));

        var refused = limits.Refusal(Chat("m"), ann, new CallMeter(There));
        var device = limits.Refusal(Chat("m"), Caller("c2", device: "ann"), new CallMeter(There));

        Assert.Equal(RpcErrorKind.TooMany, refused?.Kind);
        Assert.Null(device);
    }

    private static Caller Caller(string connection, string? device = null) =>
        new(connection, CallerRole.Operator, OperatorScopes.Admin, "cli") { DeviceId = device };

    private static void AssertAllowed(CallLimits limits, RpcMethod method, CallMeter meter, int calls, string? device = null)
    {
        for (var call = 0; call < calls; call++)
        {
            Assert.Null(limits.Refusal(method, Caller("c1", device), meter));
        }
    }
}
