using System.Text;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Config.Reloading;

[Trait("Requirement", "K1")]
public sealed class ConfigOverridesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private ConfigStore _store = null!;
    private ConfigReload _reload = null!;
    private ConfigFile _file = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string MainKey => _store.Current.Config.Session.MainKey;

    [Fact]
    public async Task An_override_wins_over_all_layers_stays_over_changes_of_the_file_and_is_taken_back()
    {
        var overrides = Open("""{"session":{"mainKey":"file"}}""", new() { ["CHELA_SESSION__MAINKEY"] = "variable" });

        var set = await overrides.SetAsync("test", Path("session.mainKey"), "call", Ct);
        _reload.Take(await _reload.CheckAsync(Content("""{"session":{"mainKey":"other"},"gateway":{"tickIntervalMs":500}}"""), Ct));

        Assert.Equal(["session.mainKey"], set.Select(path => path.ToString()));
        Assert.Equal(("call", 500), (MainKey, _store.Current.Config.Gateway.TickIntervalMs));
        Assert.Equal(ConfigLayer.Override, _store.Current.Origins["session.mainKey"]);
        await overrides.ClearAsync("test", null, Ct);
        Assert.Equal(("variable", 0), (MainKey, overrides.All.Count));
    }

    [Fact]
    public async Task Overrides_are_taken_back_one_by_one_or_below_a_key()
    {
        var overrides = Open("{}");
        await overrides.SetAsync("test", Path("messages.queue"), JsonNode.Parse("""{"cap":3,"debounceMs":5}""")!, Ct);
        await overrides.SetAsync("test", Path("session.mainKey"), "x", Ct);

        await overrides.ClearAsync("test", Path("messages.queue.cap"), Ct);
        var left = overrides.All.Select(path => path.ToString()).ToArray();
        await overrides.ClearAsync("test", Path("messages"), Ct);

        Assert.Equal(["messages.queue.debounceMs", "session.mainKey"], left);
        Assert.Equal("session.mainKey", Assert.Single(overrides.All).ToString());
        Assert.Equal("messages is not overridden", (await Assert.ThrowsAsync<RpcException>(() => overrides.ClearAsync("test", Path("messages"), Ct))).Error.Message);
    }

    [Theory]
    [InlineData("gateway.port", "5", "gateway.port needs a restart, after which an override is gone; change it in the file")]
    [InlineData("gateway", """{"tickIntervalMs":500,"port":5}""", "gateway.port needs a restart, after which an override is gone; change it in the file")]
    [InlineData("agents.list.0.name", "\"x\"", "agents.list is a list, which is overridden as a whole")]
    [InlineData("session.mainKye", "\"x\"", "invalid config: session.mainKye: unknown key (did you mean 'mainKey'?)")]
    [InlineData("gateway.tickIntervalMs", "\"often\"", "invalid config: gateway.tickIntervalMs: must be integer")]
    [InlineData("gateway.hosts", """["https://no"]""", "invalid config: gateway.hosts[0]: must be a host name without scheme and port, for example chat.example.org or *.example.org")]
    public async Task What_cannot_be_overridden_is_refused_and_nothing_changes(string path, string value, string message)
    {
        var overrides = Open("""{"agents":{"list":[{"id":"main"}]}}""");
        var before = _store.Current;

        var refused = await Assert.ThrowsAsync<RpcException>(() => overrides.SetAsync("test", Path(path), JsonNode.Parse(value)!, Ct));

        Assert.Equal(message, refused.Error.Message);
        Assert.Same(before, _store.Current);
        Assert.Empty(overrides.All);
    }

    [Fact]
    public async Task Where_changes_of_the_file_wait_for_a_restart_they_still_do_and_the_override_does_not()
    {
        var overrides = Open("""{"gateway":{"reload":{"mode":"restart"}}}""");
        _reload.Take(await _reload.CheckAsync(Content("""{"gateway":{"reload":{"mode":"restart"}},"messages":{"queue":{"cap":3}}}"""), Ct), waits: true);

        await overrides.SetAsync("test", Path("session.mainKey"), "call", Ct);

        Assert.Equal(("call", new ChelaConfig().Messages.Queue.Cap), (MainKey, _store.Current.Config.Messages.Queue.Cap));
    }

    public void Dispose() => _folder.Dispose();

    private static ConfigPath Path(string key) => new(key.Split('.'));

    private ConfigContent Content(string text)
    {
        var content = new ConfigContent(Encoding.UTF8.GetBytes(text), IncludedFiles.None);
        _file.Remember(content);
        return content;
    }

    private ConfigOverrides Open(string text, Dictionary<string, string>? environment = null)
    {
        var path = _folder.File("chela.json");
        var content = new ConfigContent(Encoding.UTF8.GetBytes(text), IncludedFiles.None);
        var sources = new ConfigSources(path, content.Text) { Environment = environment ?? [] };
        _store = new ConfigStore(new ConfigLoader().Load(sources));
        _file = new ConfigFile(new DocumentFile(path), new DocumentFile(path + ".last-good"), content, new IncludeReader(path, sources.Environment), at => new DocumentFile(at));
        _reload = new ConfigReload(_store, sources, _ => [], TimeProvider.System);
        return new ConfigOverrides(_store, _file, _reload, NullLogger<ConfigOverrides>.Instance);
    }
}
