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
    public static TheoryData<string> All => [.. Platforms.Known.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public async Task People_are_let_in_and_answered_once_and_files_and_long_texts_go_through(string channel)
    {
        using var folder = new TempFolder();
        await using var platform = await Platforms.Known[channel]();
        var friend = platform.People.Friend;
        await using var gateway = await Platforms.StartAsync(folder, [platform]);
        await using var client = await gateway.ConnectedAsync([platform]);

        await platform.SayAsync(gateway, friend, "hello", "1");
        await platform.TextAsync(friend, "hello");
        await platform.SayAsync(gateway, friend, "hello", "1");
        var heard = await platform.SendFileAsync(gateway, friend, "read this", "notes.txt", "the notes", "2");
        await platform.TextAsync(friend, heard);
        var words = string.Join(' ', Enumerable.Range(1, 100).Select(number => $"word{number:D3}"));
        await platform.SayAsync(gateway, friend, words, "3");
        await platform.WhenAsync(() => platform.Texts.Any(text => text.Text.Contains("word100", StringComparison.Ordinal)));

        Assert.All(platform.Texts, text => Assert.Equal(friend, text.Person));
        Assert.Equal(["hello", heard], platform.Texts.Take(2).Select(text => text.Text.Split('\n')[0]));
        var pieces = platform.Texts.Skip(2).Select(text => text.Text.Trim()).ToArray();
        Assert.True(pieces.Length > 2);
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, 300));
        Assert.Equal(words, string.Join(' ', pieces));
        var files = await client.CallAsync("artifacts.list", new JsonObject { ["sessionKey"] = $"agent:main:{channel}:default:direct:{KeyWord.Of(friend)}" });
        Assert.Equal("notes.txt", Assert.Single(files.List("payload/artifacts")).Text("title"));
        await LetInAsync(platform, gateway, client);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_the_platform_does_not_take_arrives_later_in_order_and_once_also_after_a_kill(string channel)
    {
        using var folder = new TempFolder();
        await using var platform = await Platforms.Known[channel]();
        var friend = platform.People.Friend;
        platform.Fail(Trouble.TooMany, Trouble.Fault);
        await using (var gateway = await Platforms.StartAsync(folder, [platform]))
        {
            await using var client = await gateway.ConnectedAsync([platform]);
            await platform.SayAsync(gateway, friend, "one", "1");
            await platform.SayAsync(gateway, friend, "two", "2");
            await platform.TextAsync(friend, "two");

            platform.Fail([.. Enumerable.Repeat(Trouble.Fault, 50)]);
            await platform.SayAsync(gateway, friend, "three", "3");
            await Patience.UntilAsync(
                async _ => (await client.CallAsync("outbox.list")).List("payload/items") is [var only] && (only.Text("text"), only.Text("state")) == ("three", "sending"),
                "the last answer, and no other, is being sent");
            gateway.Kill();
        }

        platform.Recover();
        await using var again = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await platform.TextAsync(friend, "three");

        Assert.Equal(["one", "two", "three"], platform.Texts.Select(text => text.Text));
    }

    /// <summary>A stranger gets a code, once, and is answered when somebody has let them in by it.</summary>
    private static async Task LetInAsync(IPlatform platform, GatewayProcess gateway, WireClient client)
    {
        var stranger = platform.People.Stranger;
        await platform.SayAsync(gateway, stranger, "let me in", "4");
        await platform.SayAsync(gateway, stranger, "please", "5");
        await platform.WhenAsync(() => platform.Texts.Any(IsCode));
        var code = Assert.Single((await client.CallAsync("channels.pairing.list")).List("payload/requests")).Text("requestId")!;
        await client.CallAsync("channels.pairing.approve", new JsonObject { ["channel"] = platform.Channel, ["accountId"] = "default", ["requestId"] = code });
        await platform.SayAsync(gateway, stranger, "am I in", "6");
        await platform.TextAsync(stranger, "am I in");

        var offered = Assert.Single(platform.Texts, IsCode);
        Assert.Equal(stranger, offered.Person);
        Assert.Contains($"chela pairing approve {platform.Channel} {code}", offered.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Texts, text => text.Text == "let me in");
    }

    private static bool IsCode(Arrived text) => text.Text.Contains("is good for an hour", StringComparison.Ordinal);
}
