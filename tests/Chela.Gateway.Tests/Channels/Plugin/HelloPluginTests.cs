using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Hosting.Security;
using Chela.Gateway.Tests.Plugins;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Plugin;

/// <summary>The sample plugin, as the build made it, inside the real executable.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C3")]
[Trait("Requirement", "K4")]
public sealed class HelloPluginTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string State => Path.Combine(_folder.Path, "state");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task People_are_answered_beside_a_plugin_that_fails_and_a_platform_that_hangs()
    {
        await using var good = new ChatServer();
        await using var mute = new ChatServer { IsMute = true };
        Directory.CreateDirectory(State);
        InstalledPlugin.Hello(Plugins);
        InstalledPlugin.Emitted(Plugins, "throws", module => InstalledPlugin.Entry(module, "Throws", throws: true));
        InstalledPlugin.WithManifest(Plugins, "idle", "nobody asks for it, so that nobody reads this");
        Configure(("good", good.Account()), ("mute", mute.Account()), ("bad", new JsonObject { ["plugin"] = "throws" }));
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        await using var client = await gateway.OpenOpenClawAsync();
        await good.ConnectedAsync();
        await mute.ConnectedAsync();

        await mute.SayAsync("anna", "does this hang", "1");
        await mute.WhenAsync(server => server.WasAsked("does this hang"), "the answer is being sent");
        await good.SayAsync("anna", "hello there", "1");
        await good.SayAsync("anna", "hello there", "1");
        await good.SayAsync("bert", "let me in", "2");
        await good.WhenAsync(server => server.Texts.Count == 2, "both are answered");

        Assert.Equal(("anna", "hello there"), good.Texts[0]);
        Assert.Equal("bert", good.Texts[1].Person);
        Assert.Contains("chela pairing approve plugin", good.Texts[1].Text, StringComparison.Ordinal);
        Assert.Empty(mute.Texts);
        var bad = await StateAsync(client, "bad");
        Assert.Equal("terminal-disconnect", bad.Text("healthState"));
        Assert.Contains("throws.dll failed when it was loaded", bad.Text("lastError"), StringComparison.Ordinal);
        Assert.Contains("The plugin throws failed when it was loaded", await File.ReadAllTextAsync(Path.Combine(State, "logs", "gateway.log"), Ct), StringComparison.Ordinal);

        var health = (await client.CallAsync("health", new JsonObject { ["probe"] = true })).GetProperty("payload");
        Assert.Equal("""["hello"]""", health.Text("plugins/loaded"));
        Assert.Equal(("throws", "degraded"), (Assert.Single(health.List("plugins/errors")).Text("id"), health.Text("parts/plugins/state")));
        Assert.Contains("throws.dll failed", health.Text("parts/plugins/reason"), StringComparison.Ordinal);
        string[] folders = [Path.Combine(State, "plugin-accounts"), Path.Combine(State, "plugin-accounts", "good")];
        Assert.All(folders, folder => Assert.True(Directory.Exists(folder) && new PrivatePlace(folder, PlaceKind.Other).ForOthers == UnixFileMode.None, folder));
    }

    [Fact]
    [Trait("Requirement", "K3")]
    public async Task A_lost_connection_is_made_anew_and_settings_that_change_reach_their_account_alone()
    {
        await using var first = new ChatServer();
        await using var second = new ChatServer();
        await using var other = new ChatServer();
        Directory.CreateDirectory(State);
        InstalledPlugin.Hello(Plugins);
        Configure(("work", first.Account()), ("home", other.Account()));
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        await first.ConnectedAsync();
        await other.ConnectedAsync();

        first.HangUp();
        await first.ConnectedAsync();
        await first.SayAsync("anna", "again", "1");
        await first.WhenAsync(server => server.Texts.Contains(("anna", "again")), "it is answered over the next connection");
        Configure(("work", second.Account()), ("home", other.Account()));
        await second.ConnectedAsync();
        await second.SayAsync("anna", "elsewhere", "2");
        await second.WhenAsync(server => server.Texts.Contains(("anna", "elsewhere")), "it is answered elsewhere");

        Assert.Equal((2, 1, 1), (first.Connections, second.Connections, other.Connections));
    }

    private string Plugins => Path.Combine(State, "plugins");

    private void Configure(params (string Name, JsonObject Account)[] accounts)
    {
        var config = new JsonObject { ["channels"] = new JsonObject { ["plugin"] = new JsonObject([.. accounts.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Name, one.Account))]) } };
        File.WriteAllText(Path.Combine(State, "chela.json"), config.ToJsonString());
    }

    private static async Task<JsonElement> StateAsync(WireClient client, string account) =>
        (await client.CallAsync("channels.status")).List("payload/channelAccounts/plugin").Single(row => row.Text("accountId") == account);
}
