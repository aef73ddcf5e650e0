using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>What the gateway is tried against is Telegram as a library that many bots use knows it.</summary>
[Trait("Requirement", "C1")]
public sealed class FakeTelegramTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Grammy_takes_the_fake_for_telegram()
    {
        await NodeProgram.InstallAsync(output);
        await using var telegram = await FakeTelegram.StartAsync();
        telegram.Files["documents/letter"] = "Dear bot."u8.ToArray();

        var bot = NodeProgram.RunAsync("telegram-bot.mjs", output, ("TELEGRAM_ROOT", telegram.Root), ("TELEGRAM_BOT_TOKEN", FakeTelegram.Token));
        await telegram.WhenAsync(fake => fake.Calls.Any(call => call.Method == "deleteWebhook"));
        telegram.Say("hello");
        await telegram.WhenAsync(fake => fake.Calls.Any(call => call.Method == "sendDocument"));
        telegram.Say(new JsonObject { ["document"] = new JsonObject { ["file_id"] = "letter", ["file_unique_id"] = "1" } }, new JsonObject { ["id"] = 42, ["type"] = "private" }, 42);
        await telegram.SentAsync(2);
        telegram.Press("enough");
        var ended = await bot;

        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Equal(0, telegram.Waiting);
        Assert.Equal(["chela_bot heard hello", "It says: Dear bot."], telegram.Sent.Select(call => call.Text));
        Assert.Equal("note.txt application/octet-stream Hello.", telegram.Calls.Single(call => call.Method == "sendDocument").Parameters.Text("document"));
        Assert.Equal(
            ["sendMessage", "editMessageText", "sendDocument", "getFile", "sendMessage", "answerCallbackQuery"],
            telegram.Calls.Select(call => call.Method).Where(method => method is not ("getMe" or "deleteWebhook")));
    }
}
