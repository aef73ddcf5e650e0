using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Providers.Failover;

[Trait("Requirement", "G5")]
public sealed class ModelHealthTests
{
    private static readonly ModelRef First = new("a", "1");
    private static readonly ModelRef Sister = new("a", "2");
    private static readonly ModelRef Other = new("b", "1");
    private static readonly ModelRef[] All = [First, Sister, Other];

    private readonly ManualTimeProvider _time = new();
    private readonly ModelHealth _health;

    public ModelHealthTests() => _health = new ModelHealth(_time);

    [Fact]
    public void A_model_that_failed_is_asked_last_until_its_time_is_over()
    {
        Fail(First, ProviderErrorKind.Overload);

        Assert.Equal([Sister, Other, First], _health.Order(All));
        _time.Advance(ModelHealth.FirstOfModel);
        Assert.Equal(All, _health.Order(All));
    }

    [Fact]
    public void After_a_cool_down_one_call_tries_the_model_and_the_others_wait_for_it()
    {
        Fail(First, ProviderErrorKind.Overload);
        _time.Advance(ModelHealth.FirstOfModel);

        Assert.Equal(First, _health.Order(All)[0]);
        Assert.Equal(Sister, _health.Order(All)[0]);
        _time.Advance(ModelHealth.Probe); // that call was aborted, or told us nothing
        Assert.Equal(First, _health.Order(All)[0]);
        _health.Succeeded(First);
        Assert.Equal([First, First], [_health.Order(All)[0], _health.Order(All)[0]]);
    }

    [Fact]
    public void Each_further_failure_doubles_the_time_up_to_a_bound_and_success_ends_it()
    {
        var waits = Enumerable.Range(0, 9).Select(_ => Fail(First, ProviderErrorKind.Network).TotalSeconds).ToArray();

        Assert.Equal([30, 60, 120, 240, 480, 960, 1800, 1800, 1800], waits);
        _health.Succeeded(First);
        Assert.Null(_health.Find(First));
        Assert.Equal(30, Fail(First, ProviderErrorKind.Network).TotalSeconds);
    }

    [Theory]
    [InlineData(nameof(ProviderErrorKind.Authentication), true)]
    [InlineData(nameof(ProviderErrorKind.Quota), true)]
    [InlineData(nameof(ProviderErrorKind.Rate), false)]
    [InlineData(nameof(ProviderErrorKind.NotFound), false)]
    public void What_is_the_accounts_fault_holds_for_all_models_of_the_provider_and_for_no_other(string kind, bool all)
    {
        Fail(First, Enum.Parse<ProviderErrorKind>(kind));

        Assert.NotNull(_health.Find(First));
        Assert.Equal(all, _health.Find(Sister) is not null);
        Assert.Null(_health.Find(Other));
    }

    [Theory]
    [InlineData(nameof(ProviderErrorKind.InvalidRequest))]
    [InlineData(nameof(ProviderErrorKind.ContextTooLong))]
    [InlineData(nameof(ProviderErrorKind.ContentRefused))]
    [InlineData(nameof(ProviderErrorKind.Unknown))]
    public void What_is_the_conversations_fault_is_not_held_against_a_model(string kind)
    {
        _health.Failed(First, new ProviderError(Enum.Parse<ProviderErrorKind>(kind), "x"));

        Assert.Null(_health.Find(First));
    }

    [Fact]
    public void A_provider_is_given_the_time_that_it_asks_for()
    {
        _health.Failed(First, new ProviderError(ProviderErrorKind.Rate, "x") { RetryAfter = TimeSpan.FromHours(5) });

        Assert.Equal(TimeSpan.FromHours(5), _health.Find(First)?.Until - _time.GetUtcNow());
    }

    [Fact]
    public void Names_without_end_are_forgotten()
    {
        foreach (var number in Enumerable.Range(0, 5000))
        {
            Fail(new ModelRef("a", $"m{number}"), ProviderErrorKind.NotFound);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Null(_health.Find(new ModelRef("a", "m3999")));
        Assert.NotNull(_health.Find(new ModelRef("a", "m4999")));
    }

    [Fact]
    public void Every_kind_has_a_rule() => Assert.All(Enum.GetValues<ProviderErrorKind>(), kind => FailureRule.Of(kind));

    private TimeSpan Fail(ModelRef model, ProviderErrorKind kind)
    {
        _health.Failed(model, new ProviderError(kind, "It failed."));
        return _health.Find(model)!.Until - _time.GetUtcNow();
    }
}
