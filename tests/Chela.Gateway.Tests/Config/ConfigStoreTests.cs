using Chela.Gateway.Config;
using Microsoft.Extensions.DependencyInjection;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "K1")]
public sealed class ConfigStoreTests
{
    [Fact]
    public void A_swap_replaces_one_reference_and_tells_the_changed_settings()
    {
        var before = Load("""{"session":{"mainKey":"a"}}""");
        var after = Load("""{"session":{"mainKey":"b"},"agents":{"defaults":{"model":"m"}},"gateway":{"port":18789}}""");
        var store = new ConfigStore(before);

        var paths = store.Swap(after);

        Assert.Equal(["agents.defaults.model", "session.mainKey"], paths.Select(path => path.ToString()).Order());
        Assert.Same(after, store.Current);
        Assert.Equal("a", before.Config.Session.MainKey);
    }

    [Fact]
    public void A_setting_that_comes_or_goes_has_changed()
    {
        var store = new ConfigStore(Load());

        Assert.Equal("$schema", Assert.Single(store.Swap(Load("""{"$schema":"x"}"""))).ToString());
        Assert.Equal("$schema", Assert.Single(store.Swap(Load())).ToString());
    }

    [Fact]
    public void Subscribers_hear_of_a_change_in_the_order_of_registration()
    {
        var heard = new List<string>();
        var (before, after) = (Load(), Load("""{"gateway":{"port":1}}"""));
        var store = new ConfigStore(before);
        store.Subscribe(change => heard.Add($"first {string.Join(',', change.Paths)}"));
        var second = store.Subscribe(_ => heard.Add("second"));
        store.Subscribe(change => heard.Add($"third {change.Previous == before} {change.Current == after} {store.Current == after}"));

        store.Swap(after);
        second.Dispose();
        store.Swap(before);

        Assert.Equal(["first gateway.port", "second", "third True True True", "first gateway.port", "third False False False"], heard);
    }

    [Fact]
    public void A_swap_that_changes_nothing_is_silent_and_still_taken()
    {
        var heard = 0;
        var store = new ConfigStore(Load());
        store.Subscribe(_ => heard++);
        var same = Load("""{"gateway":{"port":18789}}""");

        Assert.Empty(store.Swap(same));

        Assert.Equal(0, heard);
        Assert.Same(same, store.Current);
    }

    [Fact]
    public void The_host_registers_the_snapshot_that_it_loaded()
    {
        var snapshot = Load();

        using var services = new ServiceCollection().AddConfig(snapshot).BuildServiceProvider();

        Assert.Same(snapshot, services.GetRequiredService<ConfigStore>().Current);
    }
}
