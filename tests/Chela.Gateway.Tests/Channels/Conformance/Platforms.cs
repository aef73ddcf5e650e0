using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>The platforms that the suite knows, and gateways that have an account of them, the real executable.</summary>
internal static class Platforms
{
    public static IReadOnlyDictionary<string, Func<Task<IPlatform>>> Known { get; } = new Dictionary<string, Func<Task<IPlatform>>>
    {
        ["telegram"] = TelegramPlatform.StartAsync,
        ["discord"] = DiscordPlatform.StartAsync,
        ["slack"] = SlackPlatform.StartAsync,
        ["feishu"] = FeishuPlatform.StartAsync,
        ["whatsapp"] = WhatsAppPlatform.StartAsync,
        ["sidecar"] = SidecarPlatform.StartAsync,
        ["plugin"] = PluginPlatform.StartAsync,
    };

    /// <summary>Starts a gateway in this folder.</summary>
    public static async Task<GatewayProcess> StartAsync(TempFolder folder, IReadOnlyList<IPlatform> platforms, params (string Name, string Value)[] environment)
    {
        var start = new GatewayStart(folder.Path) { Environment = environment };
        Directory.CreateDirectory(start.StateDirectory!);
        var channels = new JsonObject();
        foreach (var platform in platforms)
        {
            var settings = new JsonObject { ["allowFrom"] = new JsonArray(platform.People.Friend), ["textChunkLimit"] = 300, ["streaming"] = "off" };
            platform.Install(start.StateDirectory!);
            channels[platform.Channel] = new JsonObject { ["default"] = platform.Account(settings) };
        }

        await File.WriteAllTextAsync(Path.Combine(start.StateDirectory!, "chela.json"), new JsonObject { ["channels"] = channels }.ToJsonString(), TestContext.Current.CancellationToken);
        return await GatewayProcess.StartAsync(start);
    }

    /// <summary>A client of a gateway, once the accounts are connected.</summary>
    public static async Task<WireClient> ConnectedAsync(this GatewayProcess gateway, IReadOnlyList<IPlatform> platforms)
    {
        await Task.WhenAll(platforms.Select(platform => gateway.ConnectedAsync(platform, times: 1)));
        var client = await gateway.OpenOpenClawAsync();
        var status = await client.CallAsync("channels.status");
        Assert.All(platforms, platform => Assert.Equal("true", status.Text($"payload/channelAccounts/{platform.Channel}/0/connected")));
        return client;
    }

    /// <summary>Waits until the account of a platform has connected so often.</summary>
    public static async Task ConnectedAsync(this GatewayProcess gateway, IPlatform platform, int times)
    {
        using var patience = Patience.Begin();
        var count = 0;
        await gateway.Output.LineAsync(line => line.Contains($"of {platform.Channel} is connected", StringComparison.Ordinal) && ++count == times, patience.Token);
    }

    /// <summary>Waits until a person has a text.</summary>
    public static async Task TextAsync(this IPlatform platform, string person, string text)
    {
        try
        {
            await platform.WhenAsync(() => platform.Texts.Any(one => one.Person == person && one.Text.Split('\n')[0] == text));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{person} waited in vain for '{text}' on {platform.Channel}");
        }
    }
}
