using System.Text;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Config.Editing;

[Trait("Requirement", "K1")]
[Trait("Requirement", "K3")]
public sealed class ConfigWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<ConfigChange> _heard = [];
    private ConfigStore _store = null!;
    private StorageStep? _step;

    private string FilePath => _folder.File("chela.json");

    [Fact]
    public async Task A_change_is_on_disk_and_in_force_and_comments_stay()
    {
        var writer = Open("{ // mine\n  \"gateway\": { \"tickIntervalMs\": 100 },\n}\n");

        var now = await ChangeAsync(writer, ConfigEdit.Set(200, "gateway", "tickIntervalMs"), ConfigEdit.Set("x", "session", "mainKey"));

        Assert.Equal("{ // mine\n  \"gateway\": { \"tickIntervalMs\": 200 },\n  \"session\": {\n    \"mainKey\": \"x\"\n  },\n}\n", File.ReadAllText(FilePath));
        Assert.Equal("{ // mine\n  \"gateway\": { \"tickIntervalMs\": 100 },\n}\n", File.ReadAllText(FilePath + ".bak.1"));
        Assert.Same(now, _store.Current);
        Assert.Equal((200, "x"), (now.Config.Gateway.TickIntervalMs, now.Config.Session.MainKey));
        Assert.Equal(["gateway.tickIntervalMs", "session.mainKey"], Assert.Single(_heard).Paths.Select(path => path.ToString()).Order());
    }

    [Fact]
    public async Task Without_a_file_one_is_made()
    {
        var writer = Open(null);

        await ChangeAsync(writer, ConfigEdit.Set(200, "gateway", "tickIntervalMs"));
        await ChangeAsync(writer, ConfigEdit.Unset("gateway", "tickIntervalMs"));

        Assert.Equal("{\n  \"gateway\": {\n  }\n}\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task What_changes_nothing_is_not_written()
    {
        var writer = Open("{\"gateway\":{\"tickIntervalMs\":100}}");

        await ChangeAsync(writer);
        await ChangeAsync(writer, ConfigEdit.Set(100, "gateway", "tickIntervalMs"), ConfigEdit.Unset("session", "mainKey"));

        Assert.Empty(_heard);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Changes_at_once_take_turns_and_all_are_in_the_file()
    {
        var writer = Open("{}");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(() => writer.ChangeAsync(
            "test", now => [ConfigEdit.Set($"x/{now.Config.Models.Aliases.Count}", "models", "aliases", $"a{n}")], TestContext.Current.CancellationToken))));

        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"x/{n}").Order(), _store.Current.Config.Models.Aliases.Values.Order());
        Assert.Equal(_store.Current.Hash, ConfigFixture.Load(File.ReadAllText(FilePath)).Hash);
    }

    [Theory]
    [InlineData("changed by hand")]
    [InlineData(null)]
    public async Task A_file_that_somebody_changed_is_left_alone(string? text)
    {
        var writer = Open("{}");
        if (text is null)
        {
            File.Delete(FilePath);
        }
        else
        {
            await File.WriteAllTextAsync(FilePath, text, TestContext.Current.CancellationToken);
        }

        var refused = await RefusedAsync(writer, ConfigEdit.Set(200, "gateway", "tickIntervalMs"));

        Assert.Equal(RpcErrorKind.Conflict, refused.Kind);
        Assert.Equal($"{FilePath} was changed since the gateway read it, and nothing was written; try again once it has read the file, and see config.status if it does not", refused.Message);
        Assert.Equal(text, File.Exists(FilePath) ? File.ReadAllText(FilePath) : null);
        Assert.Empty(_heard);
    }

    [Fact]
    public async Task A_file_that_somebody_changes_meanwhile_is_left_alone()
    {
        var writer = Open("{}");
        _step = step =>
        {
            if (step == StorageSteps.DocumentBeforeRename)
            {
                File.WriteAllText(FilePath, "by hand");
            }
        };

        Assert.Equal(RpcErrorKind.Conflict, (await RefusedAsync(writer, ConfigEdit.Set(200, "gateway", "tickIntervalMs"))).Kind);

        Assert.Equal("by hand", File.ReadAllText(FilePath));
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gateway.port", "/gateway/port: must be integer")]
    [InlineData("agents.list.-.idd", "agents.list[0].idd: unknown key (did you mean 'id'?)")]
    [InlineData("models.providers.x.api", "models.providers.x")]
    public async Task What_a_start_would_refuse_is_not_written(string path, string problem)
    {
        var writer = Open("{}");

        var refused = await RefusedAsync(writer, ConfigEdit.Set("nonsense", path.Split('.')));

        Assert.Equal(RpcErrorKind.InvalidRequest, refused.Kind);
        Assert.StartsWith("invalid config: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem.TrimStart('/').Replace('/', '.'), refused.Message, StringComparison.Ordinal);
        Assert.Equal("{}", File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task What_another_slice_refuses_is_not_written()
    {
        var writer = Open("{}", check: config => config.Gateway.TickIntervalMs == 200 ? ["200 is no port for us"] : []);

        Assert.Equal("invalid config: 200 is no port for us", (await RefusedAsync(writer, ConfigEdit.Set(200, "gateway", "tickIntervalMs"))).Message);
        Assert.Equal("{}", File.ReadAllText(FilePath));
    }

    [Theory]
    [InlineData("gateway", "port")]
    [InlineData("agents", "list", "-", "id")]
    public async Task What_another_layer_sets_cannot_be_changed_in_the_file(params string[] path)
    {
        var writer = Open("{}", new() { ["CHELA_AGENTS__LIST"] = "[]" }, new ConfigOverride("gateway.port", "5", "--port"));

        var refused = await RefusedAsync(writer, ConfigEdit.Set("x", path));

        Assert.Equal(
            path[0] == "agents"
                ? "agents.list is set by an environment variable, which wins over the file; change it there and restart"
                : "gateway.port is set by an option of the command line, which wins over the file; change it there and restart",
            refused.Message);
        Assert.Equal("{}", File.ReadAllText(FilePath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_the_disk_refuses_the_old_file_stays_and_stays_in_force(bool isReadOnly)
    {
        var writer = Open("{}");
        _step = step => _ = step == StorageSteps.DocumentBeforeWrite
            ? throw (isReadOnly ? new UnauthorizedAccessException("read-only") : new IOException("No space left on device"))
            : 0;

        var refused = await RefusedAsync(writer, ConfigEdit.Set(200, "gateway", "tickIntervalMs"));

        Assert.Equal(RpcErrorKind.Unavailable, refused.Kind);
        Assert.Equal($"{FilePath} could not be written, and nothing was changed; is the disk full, or the folder read-only?", refused.Message);
        Assert.Equal("{}", File.ReadAllText(FilePath));
        Assert.Empty(_heard);

        _step = null;
        await ChangeAsync(writer, ConfigEdit.Set(200, "gateway", "tickIntervalMs"));
        Assert.Equal(200, _store.Current.Config.Gateway.TickIntervalMs);
    }

    [Fact]
    public async Task What_stands_in_an_included_file_is_changed_there_and_its_comments_stay()
    {
        const string text = """{ "session": { "$include": "session.json" }, "gateway": { "port": 1 } }""";
        File.WriteAllText(_folder.File("session.json"), """{ /* mine */ "mainKey": "a" }""");
        var writer = Open(text);

        await ChangeAsync(writer, ConfigEdit.Set("b", "session", "mainKey"));

        Assert.Equal("""{ /* mine */ "mainKey": "b" }""", File.ReadAllText(_folder.File("session.json")));
        Assert.Equal(text, File.ReadAllText(FilePath));
        Assert.Equal("b", _store.Current.Config.Session.MainKey);
        await ChangeAsync(writer, ConfigEdit.Set(1000, "gateway", "tickIntervalMs"));
        Assert.Equal(("b", 1000), (_store.Current.Config.Session.MainKey, _store.Current.Config.Gateway.TickIntervalMs));
    }

    [Theory]
    [InlineData("agents.defaults.model", "agents.defaults.model is in a section that several files make up; change it in the file that is to say it")]
    [InlineData("gateway.tickIntervalMs", "gateway.tickIntervalMs is in a section that several files make up; change it in the file that is to say it")]
    [InlineData("models", "models holds what other files say; change these, or single settings of it")]
    [InlineData("models.aliases", "models.aliases holds what other files say; change these, or single settings of it")]
    [InlineData("session.mainKey, commands.ownerAllowFrom", "the change touches session.json and chela.json; make one change for each file")]
    public async Task What_several_files_say_is_left_to_people(string keys, string message)
    {
        const string text = """
            { "session": { "$include": "session.json" }, "agents": { "$include": ["empty.json"] }, "gateway": { "port": 1, "$include": "empty.json" },
              "models": { "aliases": { "$include": "empty.json" } } }
            """;
        File.WriteAllText(_folder.File("session.json"), """{ "mainKey": "a" }""");
        File.WriteAllText(_folder.File("empty.json"), "{}");
        var writer = Open(text);

        var refused = await RefusedAsync(writer, [.. keys.Split(", ").Select(key => ConfigEdit.Set("x", key.Split('.')))]);

        Assert.Equal(message, refused.Message);
        Assert.Equal((text, "{}"), (File.ReadAllText(FilePath), File.ReadAllText(_folder.File("empty.json"))));
    }

    [Fact]
    public async Task A_change_that_a_shared_file_would_carry_elsewhere_too_is_refused()
    {
        File.WriteAllText(_folder.File("both.json"), "{}");
        var writer = Open("""{ "mcp": { "servers": { "a": { "command": "x", "env": { "$include": "both.json" } }, "b": { "command": "x", "env": { "$include": "both.json" } } } } }""");

        var refused = await RefusedAsync(writer, ConfigEdit.Set("x", "mcp", "servers", "a", "env", "A"));

        Assert.Equal("mcp.servers.a.env.A cannot be changed by itself, as files are included; change the files by hand", refused.Message);
    }

    [Fact]
    public void A_text_for_the_file_that_leaves_an_include_out_is_refused()
    {
        var settings = JsonNode.Parse("""{ "session": { "$include": "session.json" } }""")!.AsObject();

        var refused = Assert.Throws<RpcException>(() => RewriteGuard.Check("config.set", default, default, settings, []));

        Assert.Equal(
            "config.set would take the included file away from session; keep its $include, or change single settings by config.patch", refused.Error.Message);
        RewriteGuard.Check("config.set", default, default, settings, settings);
    }

    public void Dispose() => _folder.Dispose();

    private ConfigWriter Open(string? text, Dictionary<string, string>? environment = null, params ConfigOverride[] overrides) =>
        Open(text, _ => [], environment, overrides);

    private ConfigWriter Open(string? text, ConfigCheck check, Dictionary<string, string>? environment = null, params ConfigOverride[] overrides)
    {
        if (text is not null)
        {
            File.WriteAllText(FilePath, text);
        }

        var reader = new IncludeReader(FilePath, new Dictionary<string, string>());
        var included = reader.ReadAsync(text is null ? null : Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        var sources = new ConfigSources(FilePath, text is null ? null : Encoding.UTF8.GetBytes(text))
        {
            Included = included,
            Environment = environment ?? [],
            Overrides = overrides,
        };
        _store = new ConfigStore(new ConfigLoader().Load(sources));
        _store.Subscribe(_heard.Add);
        var files = new ConfigFile(Document(FilePath), new DocumentFile(FilePath + ".last-good"), new ConfigContent(sources.FileBytes, included), reader, Document);
        var reload = new ConfigReload(_store, sources, check, TimeProvider.System);
        return new ConfigWriter(_store, files, reload, new AuditRecorder(), NullLogger<ConfigWriter>.Instance);
    }

    private DocumentFile Document(string path) => new(path, new DocumentOptions { Step = step => _step?.Invoke(step) });

    private static Task<ConfigSnapshot> ChangeAsync(ConfigWriter writer, params ConfigEdit[] edits) =>
        writer.ChangeAsync("test", _ => edits, TestContext.Current.CancellationToken);

    private static async Task<RpcError> RefusedAsync(ConfigWriter writer, params ConfigEdit[] edits) =>
        (await Assert.ThrowsAsync<RpcException>(() => ChangeAsync(writer, edits))).Error;
}
