using System.Text;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Tests.Config.Reloading;

[Trait("Requirement", "K3")]
public sealed class ConfigReloadTests
{
    private static readonly string[] Nothing = [];

    [Fact]
    public async Task What_needs_a_restart_stays_as_it_was_and_is_named_and_all_else_is_in_force()
    {
        var (reload, store) = Open("""{"gateway":{"port":1000}}""");

        var changed = reload.Take(await CheckAsync(reload, """{"gateway":{"port":2000,"tickIntervalMs":500},"session":{"mainKey":"x"}}"""));

        Assert.Equal(["gateway.tickIntervalMs", "session.mainKey"], changed.Select(path => path.ToString()));
        Assert.Equal(["gateway.port"], reload.State.RestartNeeded.Select(path => path.ToString()));
        Assert.Equal((1000, 500, "x"), (store.Current.Config.Gateway.Port, store.Current.Config.Gateway.TickIntervalMs, store.Current.Config.Session.MainKey));
        Assert.Equal(1000, store.Current.Effective.GetProperty("gateway").GetProperty("port").GetInt32());
    }

    [Fact]
    public async Task A_setting_that_comes_back_to_what_is_in_force_needs_no_restart_any_more()
    {
        var (reload, _) = Open("""{"gateway":{"port":1000}}""");

        reload.Take(await CheckAsync(reload, """{"gateway":{"port":2000}}"""));
        reload.Take(await CheckAsync(reload, """{"gateway":{"port":1000}}"""));

        Assert.Empty(reload.State.RestartNeeded);
    }

    [Fact]
    public async Task A_setting_that_was_given_and_is_no_longer_is_held_too_with_its_origin()
    {
        var (reload, store) = Open("""{"gateway":{"auth":{"token":"a-token-of-the-file-1"}}}""");

        reload.Take(await CheckAsync(reload, """{"session":{"mainKey":"x"}}"""));

        Assert.Equal("a-token-of-the-file-1", store.Current.Config.Gateway.Auth.Token);
        Assert.Equal(ConfigLayer.File, store.Current.Origins["gateway.auth.token"]);
        Assert.Equal("x", store.Current.Config.Session.MainKey);
    }

    [Fact]
    public async Task Where_old_and_new_do_not_go_together_everything_waits()
    {
        var (reload, store) = Open("""{"gateway":{"auth":{"mode":"trusted-proxy","trustedProxy":{"userHeader":"x-user"}},"trustedProxies":["10.0.0.1"]}}""");

        var changed = reload.Take(await CheckAsync(reload, """{"session":{"mainKey":"x"}}"""));

        Assert.Empty(changed);
        Assert.Equal("main", store.Current.Config.Session.MainKey);
        Assert.Contains("session.mainKey", reload.State.RestartNeeded.Select(path => path.ToString()));
    }

    [Fact]
    public async Task In_the_mode_restart_nothing_is_in_force_before_it()
    {
        var (reload, store) = Open("{}");

        var changed = reload.Take(await CheckAsync(reload, """{"session":{"mainKey":"x"}}"""), waits: true);

        Assert.Empty(changed);
        Assert.Equal("main", store.Current.Config.Session.MainKey);
        Assert.Equal(["session.mainKey"], reload.State.RestartNeeded.Select(path => path.ToString()));
    }

    private static Task<ConfigSnapshot> CheckAsync(ConfigReload reload, string text) =>
        reload.CheckAsync(new ConfigContent(Encoding.UTF8.GetBytes(text), IncludedFiles.None), TestContext.Current.CancellationToken);

    private static (ConfigReload Reload, ConfigStore Store) Open(string text)
    {
        var sources = new ConfigSources("/srv/chela/chela.json", Encoding.UTF8.GetBytes(text));
        var store = new ConfigStore(new ConfigLoader().Load(sources));
        return (new ConfigReload(store, sources, _ => Nothing, TimeProvider.System), store);
    }
}
