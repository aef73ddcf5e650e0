using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>What the gateway is tried against is Discord as the libraries of discord.js know it.</summary>
[Trait("Requirement", "C1")]
public sealed class FakeDiscordTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_libraries_of_discord_js_take_the_fake_for_discord()
    {
        await NodeProgram.InstallAsync(output);
        await using var discord = await FakeDiscord.StartAsync();
        discord.Gateway.HeartbeatMs = 500;

        var bot = NodeProgram.RunAsync("discord-bot.mjs", output, ("DISCORD_ROOT", discord.Root), ("DISCORD_BOT_TOKEN", FakeDiscord.Token));
        await discord.WhenAsync(() => discord.Gateway.Of(1).Any());
        discord.SayIn(FakeDiscord.General, "hello");
        await discord.SentAsync(FakeDiscord.General, 2);
        discord.Gateway.Close(4000);
        discord.Say("goodbye");
        var ended = await bot;

        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Single(discord.Gateway.Of(2));
        Assert.Single(discord.Gateway.Of(6));
        Assert.Equal(["chela heard hello", null], discord.SentTo(FakeDiscord.General).Select(call => call.Text));
        Assert.Equal("chela heard goodbye", discord.SentTo("742")[0].Text);
        Assert.Equal("note.txt text/plain Hello.", discord.SentTo("742")[1].Body.Text("files[0]"));
        Assert.Equal(["PATCH", "PATCH"], discord.Calls.Where(call => call.Text == "That was all.").Select(call => call.Method));
        Assert.Equal(2, discord.Calls.Count(call => call.Method == "PUT" && call.Path.EndsWith("/reactions/👀/@me", StringComparison.Ordinal)));
    }
}
