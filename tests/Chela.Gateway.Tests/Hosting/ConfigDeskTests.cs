using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Hosting;

[Trait("Requirement", "O5")]
[Trait("Requirement", "K1")]
public sealed class ConfigDeskTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ConfigFile => _folder.File("chela.json");

    [Theory]
    [InlineData("session.mainKey", "18", ValueForm.AsKeySays, "\"18\"")]
    [InlineData("session.mainKey", "{x", ValueForm.AsKeySays, "\"{x\"")]
    [InlineData("gateway.port", "18", ValueForm.AsKeySays, "18")]
    [InlineData("gateway.tls.enabled", "true", ValueForm.AsKeySays, "true")]
    [InlineData("tools.allow", "fs.read, exec", ValueForm.AsKeySays, """["fs.read","exec"]""")]
    [InlineData("tools.allow", """["fs.read"]""", ValueForm.AsKeySays, """["fs.read"]""")]
    [InlineData("session.reset", """{"mode":"idle"}""", ValueForm.AsKeySays, """{"mode":"idle"}""")]
    [InlineData("session.mainKey", "\"18\"", ValueForm.Json, "\"18\"")]
    [InlineData("session.mainKey", "true", ValueForm.Text, "\"true\"")]
    [InlineData("agents.list[]", """{"id":"cook"}""", ValueForm.AsKeySays, """{"id":"cook"}""")]
    [InlineData("gateway.auth.identityScopes[\"anna@example.org\"]", "operator.read", ValueForm.AsKeySays, """["operator.read"]""")]
    public async Task A_value_is_read_as_its_key_says(string key, string value, ValueForm form, string json)
    {
        var desk = await OpenAsync();

        await desk.SetAsync(key, value, form, Ct);

        Assert.Equal(json, (await desk.GetAsync(key.Replace("[]", "[0]", StringComparison.Ordinal), fileOnly: true, secrets: false, Ct))?.GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a[x]")]
    [InlineData("a[0")]
    [InlineData("a[\"b\"")]
    [InlineData("a[\"\\ud800\"]")]
    [InlineData("a[0]b")]
    public async Task What_is_no_key_is_refused(string key)
    {
        var desk = await OpenAsync();

        await Assert.ThrowsAsync<FormatException>(() => desk.SetAsync(key, "x", ValueForm.AsKeySays, Ct));
        Assert.False(File.Exists(ConfigFile));
    }

    [Theory]
    [InlineData("session.mainKey", "one", ValueForm.Json)]
    [InlineData("session.mainKey", "null", ValueForm.Json)]
    [InlineData("session", "{mainKey", ValueForm.AsKeySays)]
    public async Task What_is_no_value_is_refused(string key, string value, ValueForm form)
    {
        var desk = await OpenAsync();

        await Assert.ThrowsAsync<FormatException>(() => desk.SetAsync(key, value, form, Ct));
    }

    [Theory]
    [InlineData("session.mainKye", "x", "session.mainKye: unknown key (did you mean 'mainKey'?)")]
    [InlineData("gateway.port", "many", "gateway.port: must be integer")]
    [InlineData("agents.list[7].name", "x", "agents.list[7].name: the list has 0 items, counted from 0")]
    [InlineData(
        "channels.webhook.desk.secret", "__OPENCLAW_REDACTED__",
        "channels.webhook.desk.secret: holds __OPENCLAW_REDACTED__, but there is no secret to put in its place; give the value")]
    public async Task What_no_gateway_would_start_with_is_not_written(string key, string value, string message)
    {
        await File.WriteAllTextAsync(ConfigFile, """{ "agents": { "list": [] } }""", Ct);
        var desk = await OpenAsync();

        var refused = await Assert.ThrowsAsync<ConfigRefusedException>(() => desk.SetAsync(key, value, ValueForm.AsKeySays, Ct));

        Assert.Equal((ConfigRefusal.Invalid, message), (refused.Reason, refused.Message));
        Assert.Equal("""{ "agents": { "list": [] } }""", await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    public async Task What_stands_in_an_included_file_is_changed_there()
    {
        const string Text = """{ "session": { "$include": "./session.json" } }""";
        await File.WriteAllTextAsync(ConfigFile, Text, Ct);
        await File.WriteAllTextAsync(_folder.File("session.json"), """{ /* mine */ "mainKey": "one" }""", Ct);
        var desk = await OpenAsync();

        var change = await desk.SetAsync("session.mainKey", "two", ValueForm.AsKeySays, Ct);

        Assert.Equal([new ChangedSetting("session.mainKey", "at-once")], change.Settings);
        Assert.Equal(Text, await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.Equal("""{ /* mine */ "mainKey": "two" }""", await File.ReadAllTextAsync(_folder.File("session.json"), Ct));
    }

    [Fact]
    public async Task What_was_written_meanwhile_is_not_lost()
    {
        await File.WriteAllTextAsync(ConfigFile, "{}", Ct);
        var desk = await OpenAsync();

        var refused = await Assert.ThrowsAsync<ConfigRefusedException>(() => desk.ReplaceAsync("{ }"u8.ToArray(), """{"session":{}}"""u8.ToArray(), Ct));

        Assert.Equal(ConfigRefusal.Changed, refused.Reason);
        Assert.Equal("{}", await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    public async Task A_former_content_of_an_older_form_can_be_put_back()
    {
        await File.WriteAllTextAsync(ConfigFile, "{}", Ct);
        await File.WriteAllTextAsync(ConfigFile + ".bak.1", """{"gateway":{"token":"a-token-of-long-ago"}}""", Ct);
        var desk = await OpenAsync();

        await desk.RollBackAsync("1", Ct);
        var (notes, change) = await desk.MigrateAsync(dryRun: false, Ct);

        Assert.Equal(["gateway.token is now gateway.auth.token"], notes);
        Assert.True(change.Written);
        Assert.Equal("a-token-of-long-ago", (await desk.GetAsync("gateway.auth.token", fileOnly: true, secrets: true, Ct))?.GetString());
    }

    public void Dispose() => _folder.Dispose();

    private Task<ConfigDesk> OpenAsync() => ConfigDesk.OpenAsync(new StatePaths(_folder.Path), null, new Dictionary<string, string>(), Ct);
}
