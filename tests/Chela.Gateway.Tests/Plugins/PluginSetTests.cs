using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using Chela.Contracts.Channels;
using Chela.Contracts.Plugins;
using Chela.Gateway.Plugins;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Plugins;

/// <summary>A plugin is loaded apart from everything else, or is disabled with a reason that helps.</summary>
[Trait("Requirement", "K4")]
public sealed class PluginSetTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PluginSet _plugins;

    public PluginSetTests() => _plugins = new PluginSet(_folder.Path, TimeProvider.System, NullLogger<PluginSet>.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_plugin_is_loaded_once_in_a_context_of_its_own_and_shares_the_contracts()
    {
        var folder = InstalledPlugin.Hello(_folder.Path);

        var first = await OpenAsync("hello");
        File.WriteAllText(Path.Combine(folder, "HelloPlugin.dll"), "another version is being copied here");
        var second = await OpenAsync("hello");

        Assert.NotSame(first, second);
        Assert.Same(first.GetType(), second.GetType());
        Assert.Equal("plugin hello", AssemblyLoadContext.GetLoadContext(first.GetType().Assembly)?.Name);
        Assert.Equal(["hello"], _plugins.Loaded);
        Assert.Empty(_plugins.Problems);
    }

    [Fact]
    public async Task What_is_no_plugin_is_disabled_with_a_reason_that_names_the_file_until_it_is_one()
    {
        InstalledPlugin.WithManifest(_folder.Path, "words", "not a manifest");
        InstalledPlugin.WithManifest(_folder.Path, "more", """{ "id": "more", "assembly": "more.dll", "entry": "x" }""");
        InstalledPlugin.WithManifest(_folder.Path, "long", new string(' ', 70_000));
        InstalledPlugin.WithManifest(_folder.Path, "alias", """{ "id": "other", "assembly": "other.dll" }""");
        InstalledPlugin.WithManifest(_folder.Path, "escape", """{ "id": "escape", "assembly": "../more/more.dll" }""");
        var late = InstalledPlugin.WithManifest(_folder.Path, "late", """{ "id": "late", "assembly": "HelloPlugin.dll" }""");
        InstalledPlugin.Put(InstalledPlugin.WithManifest(_folder.Path, "text", """{ "id": "text", "assembly": "text.dll" }"""), "text.dll", [1, 2, 3]);
        File.Delete(Path.Combine(InstalledPlugin.WithManifest(_folder.Path, "bare", ""), "plugin.json"));

        await RefusedAsync("gone", "gone is not there");
        await RefusedAsync("../plugins", "is not there");
        await RefusedAsync("bare", "bare/plugin.json is not there");
        await RefusedAsync("words", "words/plugin.json is no manifest");
        await RefusedAsync("more", "more/plugin.json is no manifest");
        await RefusedAsync("long", "long/plugin.json is longer than");
        await RefusedAsync("alias", "alias/plugin.json is of another plugin; its id must be \"alias\"");
        await RefusedAsync("escape", "escape/plugin.json names a file elsewhere; its assembly must be the name of a .dll file");
        await RefusedAsync("text", "text/text.dll is no assembly");
        await RefusedAsync("late", "late/HelloPlugin.dll is not there");

        InstalledPlugin.Put(late, "HelloPlugin.dll", File.ReadAllBytes(Path.Combine(InstalledPlugin.Hello(_folder.Path), "HelloPlugin.dll")));
        await OpenAsync("late");
        Assert.DoesNotContain("late", _plugins.Problems.Keys);
    }

    [Fact]
    public async Task Code_that_others_can_change_or_that_lies_elsewhere_is_not_run()
    {
        var folder = InstalledPlugin.Hello(_folder.Path);
        var code = Path.Combine(folder, "HelloPlugin.dll");
        InstalledPlugin.Allow(code, InstalledPlugin.Owner | UnixFileMode.GroupWrite);
        await RefusedAsync("hello", "HelloPlugin.dll can be changed by others; chmod -R go= ");
        InstalledPlugin.Allow(code, InstalledPlugin.Owner);
        InstalledPlugin.Allow(folder, InstalledPlugin.Owner | UnixFileMode.OtherWrite);
        await RefusedAsync("hello", "hello can be changed by others");
        InstalledPlugin.Allow(folder, InstalledPlugin.Owner);
        File.CreateSymbolicLink(Path.Combine(folder, "more.dll"), code);
        await RefusedAsync("hello", "more.dll is a link");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "linked"), folder);
        await RefusedAsync("linked", "linked is a link");

        Assert.Empty(_plugins.Loaded);
    }

    [Fact]
    public async Task Code_that_is_not_one_plugin_or_fails_or_was_built_against_other_contracts_is_disabled()
    {
        InstalledPlugin.Emitted(_folder.Path, "none", module => module.DefineType("Nothing", TypeAttributes.Public).CreateType());
        InstalledPlugin.Emitted(_folder.Path, "two", module =>
        {
            InstalledPlugin.Entry(module, "One");
            InstalledPlugin.Entry(module, "Two");
        });
        InstalledPlugin.Emitted(_folder.Path, "throws", module => InstalledPlugin.Entry(module, "Throws", throws: true));
        InstalledPlugin.Emitted(_folder.Path, "idle", module => InstalledPlugin.Entry(module, "Idle"));
        InstalledPlugin.Emitted(_folder.Path, "future", module => InstalledPlugin.Entry(module, "Future", implements: FutureContract()));

        await RefusedAsync("none", "none.dll has 0 public classes that implement IPlugin");
        await RefusedAsync("two", "two.dll has 2 public classes that implement IPlugin");
        await RefusedAsync("throws", "throws.dll failed when it was loaded; the log of the gateway says why");
        await RefusedAsync("idle", "idle.dll registers no channel");
        await RefusedAsync("future", "it needs what is not there: Could not load type 'Chela.Contracts.Plugins.IFuture'");

        Assert.Empty(_plugins.Loaded);
    }

    /// <summary>What only later contracts have.</summary>
    private static TypeBuilder FutureContract()
    {
        var contracts = new PersistedAssemblyBuilder(typeof(IPlugin).Assembly.GetName(), typeof(object).Assembly);
        var type = contracts.DefineDynamicModule("Chela.Contracts").DefineType("Chela.Contracts.Plugins.IFuture", TypeAttributes.Public | TypeAttributes.Interface | TypeAttributes.Abstract);
        type.CreateType();
        return type;
    }

    private Task<IChannel> OpenAsync(string id) =>
        _plugins.OpenAsync(id, new PluginAccount("work", new Dictionary<string, string>(), _folder.Path, TimeProvider.System), Ct);

    private async Task RefusedAsync(string id, string reason)
    {
        var refused = await Assert.ThrowsAsync<ChannelRefusedException>(() => OpenAsync(id));

        Assert.StartsWith($"The plugin {id} is disabled: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{_plugins.Problems[id]}.", refused.Message, StringComparison.Ordinal);
    }
}
