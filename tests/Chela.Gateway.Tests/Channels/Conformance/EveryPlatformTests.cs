using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>What every chat platform does alike, shown with all of them at once where that takes time: one gateway has an account of each.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
[Trait("Requirement", "C3")]
public sealed class EveryPlatformTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private IReadOnlyList<IPlatform> _platforms = [];

    public async ValueTask InitializeAsync() => _platforms = await Task.WhenAll(Platforms.Known.Values.Select(start => start()));

    public async ValueTask DisposeAsync()
    {
        foreach (var platform in _platforms)
        {
            await platform.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_file_that_an_agent_sends_arrives()
    {
        await using var model = await FakeOpenAi.StartAsync(TestContext.Current.CancellationToken);
        await using var gateway = await Platforms.StartAsync(_folder, _platforms, ("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl));
        await using var client = await gateway.ConnectedAsync(_platforms);
        model.Enqueue(
            FakeOpenAiReply.Calls(("fs_write", """{"path":"notes.txt","content":"the notes"}""")),
            FakeOpenAiReply.Calls([.. _platforms.Select(platform => ("message_send", FileTo(platform)))]),
            FakeOpenAiReply.Text("They are sent."));

        await client.SendChatAsync("main", "r1", "Send the notes to everybody.");
        await Task.WhenAll(_platforms.Select(platform => Patience.UntilAsync(_ => Task.FromResult(platform.Files.Count > 0), $"a file is on {platform.Channel}")));

        Assert.All(_platforms, platform => Assert.Equal(new ArrivedFile(platform.People.Friend, "notes.txt", "the notes"), Assert.Single(platform.Files)));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_connection_that_is_dropped_is_made_anew_and_what_was_said_meanwhile_is_answered_once()
    {
        await using var gateway = await Platforms.StartAsync(_folder, _platforms);
        await using var client = await gateway.ConnectedAsync(_platforms);
        await SayAsync(gateway, "before", "1");
        var connected = _platforms.OfType<IConnectedPlatform>().ToArray();
        Assert.Equal(["whatsapp"], _platforms.Except(connected).Select(platform => platform.Channel));

        foreach (var platform in connected)
        {
            platform.Drop();
            await platform.SayAsync(gateway, platform.People.Friend, "meanwhile", "2");
        }

        await Task.WhenAll(connected.Select(platform => gateway.ConnectedAsync(platform, times: 2)));
        await SayAsync(gateway, "after", "3");

        Assert.All(connected, platform => Assert.Equal(["before", "meanwhile", "after"], platform.Texts.Select(text => text.Text)));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    [Trait("Requirement", "K9")]
    public async Task A_platform_that_never_answers_holds_up_no_stop_and_the_message_arrives_once_after_the_next_start()
    {
        await using (var gateway = await Platforms.StartAsync(_folder, _platforms))
        {
            await using var client = await gateway.ConnectedAsync(_platforms);
            foreach (var platform in _platforms)
            {
                platform.Fail(Trouble.Silence);
                await platform.SayAsync(gateway, platform.People.Friend, "before the stop", "1");
            }

            await Task.WhenAll(_platforms.Select(platform => Patience.UntilAsync(_ => Task.FromResult(platform.TroublesLeft == 0), $"{platform.Channel} is silent")));
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        Assert.All(_platforms, platform => Assert.Empty(platform.Texts));
        await using var again = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        await using var next = await again.ConnectedAsync(_platforms);
        await SayAsync(again, "after the start", "2");

        Assert.All(_platforms, platform => Assert.Equal(["before the stop", "after the start"], platform.Texts.Select(text => text.Text)));
    }

    private static string FileTo(IPlatform platform) => new JsonObject
    {
        ["channel"] = platform.Channel,
        ["account"] = "default",
        ["chat"] = platform.ChatWith(platform.People.Friend),
        ["files"] = new JsonArray("notes.txt"),
    }.ToJsonString();

    /// <summary>The friend of each platform says something, and is answered.</summary>
    private async Task SayAsync(GatewayProcess gateway, string text, string id)
    {
        foreach (var platform in _platforms)
        {
            await platform.SayAsync(gateway, platform.People.Friend, text, id);
        }

        await Task.WhenAll(_platforms.Select(platform => platform.TextAsync(platform.People.Friend, text)));
    }
}
