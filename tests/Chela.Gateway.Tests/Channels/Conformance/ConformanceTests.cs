using System.Text.Json.Nodes;
using Chela.Gateway.Sessions.Routing;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>What every chat platform does alike, on the real executable and a fake of the platform.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
[Trait("Requirement", "C3")]
[Trait("Requirement", "C4")]
[Trait("Requirement", "A9")]
public sealed class ConformanceTests
{
    private static readonly Dictionary<string, Func<Task<IPlatform>>> Known = new()
    {
        ["telegram"] = TelegramPlatform.StartAsync,
        ["discord"] = DiscordPlatform.StartAsync,
        ["slack"] = SlackPlatform.StartAsync,
        ["feishu"] = FeishuPlatform.StartAsync,
        ["whatsapp"] = WhatsAppPlatform.StartAsync,
        ["sidecar"] = SidecarPlatform.StartAsync,
    };

    public static TheoryData<string> Platforms => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task People_are_let_in_and_answered_once_and_files_and_long_texts_go_through(string channel)
    {
        using var folder = new TempFolder();
        await using var platform = await Known[channel]();
        var (friend, stranger) = platform.People;
        await using var gateway = await StartAsync(folder, platform);
        await using var client = await ConnectedAsync(gateway, channel);

        await platform.SayAsync(gateway, friend, "hello", "1");
        await TextAsync(platform, friend, "hello");
        await platform.SayAsync(gateway, friend, "hello", "1");
        var heard = await platform.SendFileAsync(gateway, friend, "read this", "notes.txt", "the notes", "2");
        await TextAsync(platform, friend, heard);
        var words = string.Join(' ', Enumerable.Range(1, 100).Select(number => $"word{number:D3}"));
        await platform.SayAsync(gateway, friend, words, "3");
        await Patience.UntilAsync(_ => Task.FromResult(platform.Texts.Any(text => text.Text.Contains("word100", StringComparison.Ordinal))), "all pieces have arrived");
        await platform.SayAsync(gateway, stranger, "let me in", "4");
        await Patience.UntilAsync(_ => Task.FromResult(platform.Texts.Any(text => text.Person == stranger && text.Text.Contains("is good for an hour", StringComparison.Ordinal))), "the stranger has a code");

        Assert.Equal(["hello", heard], platform.Texts.Where(text => text.Person == friend).Take(2).Select(text => text.Text.Split('\n')[0]));
        var pieces = platform.Texts.Where(text => text.Person == friend).Skip(2).Select(text => text.Text.Trim()).ToArray();
        Assert.True(pieces.Length > 2);
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, 300));
        Assert.Equal(words, string.Join(' ', pieces));
        var files = await client.CallAsync("artifacts.list", new JsonObject { ["sessionKey"] = $"agent:main:{channel}:default:direct:{KeyWord.Of(friend)}" });
        Assert.Equal("notes.txt", Assert.Single(files.List("payload/artifacts")).Text("title"));

        var waiting = Assert.Single((await client.CallAsync("channels.pairing.list")).List("payload/requests"));
        await client.CallAsync("channels.pairing.approve", new JsonObject { ["channel"] = channel, ["accountId"] = "default", ["requestId"] = waiting.Text("requestId") });
        await platform.SayAsync(gateway, stranger, "am I in", "5");
        await TextAsync(platform, stranger, "am I in");
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task What_the_platform_does_not_take_arrives_later_in_order_and_once_also_after_a_kill(string channel)
    {
        using var folder = new TempFolder();
        await using var platform = await Known[channel]();
        var friend = platform.People.Friend;
        platform.Fail(Trouble.TooMany, Trouble.Fault);
        await using (var gateway = await StartAsync(folder, platform))
        {
            await using var client = await ConnectedAsync(gateway, channel);
            await platform.SayAsync(gateway, friend, "one", "1");
            await platform.SayAsync(gateway, friend, "two", "2");
            await TextAsync(platform, friend, "two");

            platform.Fail([.. Enumerable.Repeat(Trouble.Fault, 50)]);
            await platform.SayAsync(gateway, friend, "three", "3");
            await Patience.UntilAsync(
                async _ => (await client.CallAsync("outbox.list")).List("payload/items") is [var only] && (only.Text("text"), only.Text("state")) == ("three", "sending"),
                "the last answer, and no other, is being sent");
            gateway.Kill();
        }

        platform.Recover();
        await using var again = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await TextAsync(platform, friend, "three");

        Assert.Equal(["one", "two", "three"], platform.Texts.Select(text => text.Text));
    }

    private static async Task<GatewayProcess> StartAsync(TempFolder folder, IPlatform platform)
    {
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var account = platform.Account(new JsonObject { ["allowFrom"] = new JsonArray(platform.People.Friend), ["textChunkLimit"] = 300, ["streaming"] = "off" });
        var config = new JsonObject { ["channels"] = new JsonObject { [platform.Channel] = new JsonObject { ["default"] = account } } };
        await File.WriteAllTextAsync(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString(), TestContext.Current.CancellationToken);
        return await GatewayProcess.StartAsync(start);
    }

    /// <summary>A client of the gateway, once its account runs; what is said before that may have to be said again.</summary>
    private static async Task<WireClient> ConnectedAsync(GatewayProcess gateway, string channel)
    {
        var client = await gateway.OpenOpenClawAsync();
        await Patience.UntilAsync(
            async _ => (await client.CallAsync("channels.status")).Text($"payload/channelAccounts/{channel}/0/running") == "true"
                && (channel == "sidecar" || (await client.CallAsync("channels.status")).Text($"payload/channelAccounts/{channel}/0/connected") == "true"),
            "the account is connected");
        return client;
    }

    private static Task TextAsync(IPlatform platform, string person, string text) =>
        Patience.UntilAsync(_ => Task.FromResult(platform.Texts.Any(one => one.Person == person && one.Text.Split('\n')[0] == text)), $"{person} has '{text}'");
}
