using Chela.Contracts.Events;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Bus;
using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Tests.Hosting.HealthChecks;

/// <summary>All parts of a gateway that has one provider, looked at by a clock that the test moves.</summary>
[Trait("Requirement", "K7")]
public sealed class HealthWatchTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private FakeOpenAi _provider = null!;
    private GatewayParts _parts = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HealthWatch Watch => _parts.Get<HealthWatch>();

    private string PlaceOfProbe => _folder.File("health.tmp");

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeOpenAi.StartAsync(Ct);
        var settings = new ProviderSettings("openai", ProviderApi.OpenAiCompletions, new Uri(_provider.BaseUrl)) { KeyName = "the key", AddressName = "the address" };
        _parts = await GatewayParts.StartAsync(_folder, _clock, models: new ModelSettings { Providers = [settings], Default = "openai/fake-1" });
    }

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        await _provider.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_gateway_is_looked_at_every_30_seconds_and_others_are_asked_every_5_minutes()
    {
        var clock = _parts.Get<IEnumerable<IHostedService>>().OfType<HealthClock>().Single();
        await clock.StartAsync(Ct);
        await _clock.WhenTimerAsync(TimeSpan.FromSeconds(30));
        await _clock.WhenTimerAsync(TimeSpan.FromMinutes(5));

        for (var look = 1; look < 10; look++)
        {
            await AdvanceToLookAsync(look);
        }

        Assert.Equal(0, _provider.Listed);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await Patience.UntilAsync(_ => Task.FromResult(_provider.Listed == 1 && Looks() == 11), "the provider was asked, and its answer told");
        await clock.StopAsync(Ct);
    }

    [Fact]
    public async Task A_gateway_that_starts_or_stops_is_not_looked_at()
    {
        var clock = _parts.Get<IEnumerable<IHostedService>>().OfType<HealthClock>().Single();
        await clock.StartAsync(Ct);
        await _clock.WhenTimerAsync(TimeSpan.FromSeconds(30));
        await AdvanceToLookAsync(1);

        _parts.Get<Lifecycle>().MoveTo(LifecyclePhase.Stopping);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await clock.StopAsync(Ct);

        Assert.Equal((1, 0), (Looks(), _provider.Listed));
    }

    [Fact]
    public void Clients_hear_in_their_dialects_words_that_a_part_is_another_way_and_why()
    {
        Watch.Look();
        Directory.CreateDirectory(PlaceOfProbe); // nothing can be written where a folder stands
        Watch.Look();
        Watch.Look();
        Directory.Delete(PlaceOfProbe);
        Watch.Look();

        var changes = _parts.Events.OfType<HealthChangedEvent>().Select(change => GatewayParts.PayloadOf(change, Dialect.JsonRpc)).ToList();
        var pictures = _parts.Events.OfType<HealthEvent>().Select(picture => GatewayParts.PayloadOf(picture)).ToList();
        Assert.Equal(
            [("storage", "down", "ok", "down"), ("storage", "ok", "down", "ok")],
            changes.Select(change => (change.Text("part"), change.Text("state"), change.Text("previous"), change.Text("gateway"))));
        Assert.StartsWith($"the state directory {_folder.Path} cannot be written: ", changes[0].Text("reason"), StringComparison.Ordinal);
        Assert.Null(changes[1].Text("reason"));
        Assert.Equal(["ok", "down", "down", "ok"], pictures.Select(picture => picture.Text("state")));
        Assert.Equal(changes[0].Text("reason"), pictures[1].Text("parts/storage/reason"));
        Assert.All(_parts.Events.OfType<HealthChangedEvent>(), change => Assert.Null(change.NameIn(Dialect.OpenClaw)));
    }

    [Fact]
    public async Task Whoever_wants_others_to_be_asked_shares_one_asking_with_those_who_want_it_just_then_or_just_did()
    {
        await Task.WhenAll(Watch.ProbeAsync(Ct), Watch.ProbeAsync(Ct));
        await Watch.ProbeAsync(Ct);
        var once = _provider.Listed;
        _clock.Advance(HealthWatch.Rest);
        await Watch.ProbeAsync(Ct);

        Assert.Equal((1, 2), (once, _provider.Listed));
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_not_waited_for_and_who_refuses_the_key_is_told()
    {
        var released = new TaskCompletionSource<int>();
        _provider.List = () => released.Task;
        var asking = Watch.ProbeAsync(Ct);
        await Patience.UntilAsync(_ => Task.FromResult(_provider.Listed == 1), "the provider was asked");
        _clock.Advance(HealthWatch.AskLimit);
        await asking;
        var silent = ReasonOfModels();
        released.SetResult(500);

        _provider.List = () => Task.FromResult(401);
        _clock.Advance(HealthWatch.Rest);
        await Watch.ProbeAsync(Ct);
        var refused = ReasonOfModels();
        _provider.List = () => Task.FromResult(404);
        _clock.Advance(HealthWatch.Rest);
        await Watch.ProbeAsync(Ct);

        Assert.StartsWith("openai does not answer in time", silent, StringComparison.Ordinal);
        Assert.StartsWith("openai refuses the key", refused, StringComparison.Ordinal);
        Assert.Null(ReasonOfModels());
    }

    private string? ReasonOfModels() => _parts.Get<HealthBoard>().Parts.Single(part => part.Name == "models").Finding.Reason;

    private int Looks() => _parts.Events.OfType<HealthEvent>().Count();

    private Task AdvanceToLookAsync(int number)
    {
        _clock.Advance(TimeSpan.FromSeconds(30));
        return Patience.UntilAsync(_ => Task.FromResult(Looks() == number), $"it was looked {number} times");
    }
}
