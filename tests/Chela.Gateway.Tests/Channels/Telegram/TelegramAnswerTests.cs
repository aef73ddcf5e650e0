using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>How the answers of the real executable look on Telegram: growing, quoting, with files and with buttons.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C4")]
public sealed class TelegramAnswerTests
{
    private const long Group = -1001;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_grows_in_one_message_which_says_all_of_it_at_the_end()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder, """{ "allowFrom": ["42"], "ackReaction": "👀" }"""));
        var words = string.Join(' ', Enumerable.Range(1, 24).Select(number => $"word{number:D2}"));

        var asked = telegram.Say($"/slow 100 {words}");
        await telegram.WhenAsync(fake => fake.Calls.Any(call => call.Method == "editMessageText" && call.Text == words));

        var shown = Assert.Single(telegram.Sent);
        Assert.StartsWith("word01 word02", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("word24", shown.Text, StringComparison.Ordinal);
        Assert.All(telegram.Calls.Where(call => call.Method == "editMessageText"), edit => Assert.Equal("502", edit.Parameters.Text("message_id")));
        var sign = Assert.Single(telegram.Calls, call => call.Method == "setMessageReaction").Parameters;
        Assert.Equal((asked["message"]!["message_id"]!.ToString(), "👀"), (sign.Text("message_id"), sign.Text("reaction/0/emoji")));

        telegram.Say("short");
        await telegram.SentAsync(2);
        Assert.Equal("short", telegram.Sent[1].Text);
    }

    [Fact]
    [Trait("Requirement", "A9")]
    public async Task In_a_group_the_answer_quotes_its_question_and_the_agent_knows_what_was_said_before()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        var account = $$"""{ "groups": { "{{Group}}": {} } }""";
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder, account));

        telegram.SayIn(Group, "shall we eat");
        telegram.SayIn(Group, "yes, pizza", from: 7);
        var asked = telegram.SayIn(Group, "@chela_bot what do we eat");
        await telegram.SentAsync(1);
        telegram.SayIn(Group, "@chela_bot thanks");
        await telegram.SentAsync(2);

        Assert.Contains("Anna Smith: shall we eat\nAnna Smith: yes, pizza\n\n[Said to you]\nAnna Smith: what do we eat", telegram.Sent[0].Text, StringComparison.Ordinal);
        Assert.Equal(asked["message"]!["message_id"]!.ToString(), telegram.Sent[0].Parameters.Text("reply_parameters/message_id"));
        Assert.Equal("Anna Smith: thanks", telegram.Sent[1].Text);
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task A_button_decides_on_a_tool_for_owners_alone_and_the_agent_sends_files_of_its_workspace()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        await using var model = await FakeOpenAi.StartAsync(Ct);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_write", """{"path":"out/note.txt","content":"Hello."}""")));
        model.Enqueue(FakeOpenAiReply.Calls(("message_send", """{"text":"Here it is.","files":["out/note.txt"]}""")), FakeOpenAiReply.Text("It is sent."));
        var more = """{ "commands": { "ownerAllowFrom": ["telegram:42"] } }""";
        var start = telegram.StartIn(folder, """{ "allowFrom": ["42", "7"] }""", more) with
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        };
        await using var gateway = await GatewayProcess.StartAsync(start);

        telegram.Say("Write a note and send it.");
        await telegram.SentAsync(1);
        var buttons = telegram.Sent[0].Parameters.GetProperty("reply_markup").GetProperty("inline_keyboard")[0];
        Assert.Equal(["Allow once", "Allow this session", "Allow always", "Deny"], buttons.EnumerateArray().Select(button => button.Text("text")));
        var once = buttons[0].Text("callback_data")!;
        telegram.Press(once, from: 7);
        await telegram.WhenAsync(fake => fake.Calls.Any(call => call.Method == "answerCallbackQuery"));
        Assert.Single(telegram.Sent);
        telegram.Press(once);
        await telegram.WhenAsync(fake => fake.Sent.Any(call => call.Text == "It is sent."));

        var file = Assert.Single(telegram.Calls, call => call.Method == "sendDocument").Parameters;
        Assert.Equal(("42", "note.txt text/plain Hello."), (file.Text("chat_id"), file.Text("document")));
        Assert.Contains(telegram.Sent, call => call.Text == "Here it is.");
    }
}
