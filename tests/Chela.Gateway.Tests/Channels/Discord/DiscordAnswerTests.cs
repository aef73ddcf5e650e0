using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>How the answers of the real executable look on Discord: growing, as answers to a message, with files and with buttons.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C4")]
public sealed class DiscordAnswerTests
{
    private const string Mention = $"<@{FakeDiscord.BotId}>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task An_answer_grows_and_quotes_its_question_a_button_decides_on_a_tool_and_files_are_sent()
    {
        using var folder = new TempFolder();
        await using var discord = await FakeDiscord.StartAsync();
        await using var model = await FakeOpenAi.StartAsync(Ct);
        await using var gateway = await GatewayProcess.StartAsync(StartIn(folder, discord) with
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        });
        await discord.WhenAsync(() => discord.Calls.Any(call => call.Method == "PUT"));

        await GrowsAsync(discord);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_write", """{"path":"out/note.txt","content":"Hello."}""")));
        model.Enqueue(FakeOpenAiReply.Calls(("message_send", """{"text":"Here it is.","files":["out/note.txt"]}""")), FakeOpenAiReply.Text("It is sent."));
        await AsksAsync(discord);

        var file = Assert.Single(discord.SentTo("742"), call => call.Body.Text("files[0]") is not null).Body;
        Assert.Equal(("note.txt text/plain Hello.", "note.txt"), (file.Text("files[0]"), file.Text("attachments/0/filename")));
        Assert.Contains(discord.SentTo("742"), call => call.Text == "Here it is.");
    }

    private static async Task GrowsAsync(FakeDiscord discord)
    {
        var words = string.Join(' ', Enumerable.Range(1, 24).Select(number => $"word{number:D2}"));
        var asked = discord.SayIn(FakeDiscord.General, $"{Mention} /slow 100 {words}");
        await discord.WhenAsync(() => discord.Calls.Any(call => call.Method == "PATCH" && call.Text!.EndsWith("word24", StringComparison.Ordinal)));

        var shown = Assert.Single(discord.SentTo(FakeDiscord.General));
        Assert.DoesNotContain("word24", shown.Text, StringComparison.Ordinal);
        Assert.Equal(asked["id"]!.ToString(), shown.Body.Text("message_reference/message_id"));
        Assert.All(discord.Calls.Where(call => call.Method == "PATCH"), call => Assert.StartsWith($"/channels/{FakeDiscord.General}/messages/", call.Path, StringComparison.Ordinal));
        Assert.Contains(discord.Calls, call => call.Method == "PUT" && call.Path == $"/channels/{FakeDiscord.General}/messages/{asked["id"]}/reactions/👀/@me");
    }

    private static async Task AsksAsync(FakeDiscord discord)
    {
        discord.Say("Write a note and send it.");
        await discord.SentAsync("742", 1);
        var buttons = discord.SentTo("742")[0].Body.List("components/0/components");
        Assert.Equal(["Allow once", "Allow this session", "Allow always", "Deny"], buttons.Select(button => button.Text("label")));
        var stranger = discord.Press(buttons[0].Text("custom_id")!, from: "7");
        await discord.WhenAsync(() => discord.Calls.Any(call => call.Path.StartsWith($"/interactions/{stranger["id"]}/", StringComparison.Ordinal) && call.Body.Text("type") == "6"));
        Assert.Single(discord.SentTo("742"));
        discord.Press(buttons[0].Text("custom_id")!);
        await discord.WhenAsync(() => discord.SentTo("742").Any(call => call.Text == "It is sent."));
    }

    /// <summary>A gateway in this folder whose bot echoes in the server, and asks a model in private.</summary>
    private static GatewayStart StartIn(TempFolder folder, FakeDiscord discord)
    {
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var account = discord.Account($$"""{ "allowFrom": ["42", "7"], "ackReaction": "👀", "groups": { "{{FakeDiscord.Guild}}": {} } }""");
        var config = JsonNode.Parse($$"""
            { "commands": { "ownerAllowFrom": ["discord:42"] }, "agents": { "list": [ { "id": "main", "default": true }, { "id": "parrot", "model": "echo/echo" } ] },
            "bindings": [ { "agentId": "parrot", "match": { "channel": "discord", "accountId": "*", "guildId": "{{FakeDiscord.Guild}}" } } ] }
            """)!.AsObject();
        config["channels"] = new JsonObject { ["discord"] = new JsonObject { ["default"] = account } };
        File.WriteAllText(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString());
        return start;
    }
}
