using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Slack;

/// <summary>The real executable speaks with people on Slack.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
public sealed class SlackTests(SlackTests.Running running) : IClassFixture<SlackTests.Running>
{
    private const string Room = "C1";

    private FakeSlack Slack => running.Slack;

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_person_who_is_listed_is_answered_and_what_slack_sends_again_is_answered_once()
    {
        var said = await Slack.SayAsync("hello **there** &lt;you&gt;");
        await Slack.WhenAsync(slack => slack.SentTo("D42").Count == 1 && slack.Pending == 0);
        await Slack.TellAsync("events_api", new JsonObject { ["event"] = said });
        await Slack.SayAsync("and again");
        await Slack.WhenAsync(slack => slack.SentTo("D42").Count == 2 && slack.Pending == 0);

        Assert.Equal("hello *there* &lt;you&gt;", Slack.SentTo("D42")[0].Text);
        Assert.Equal("and again", Slack.SentTo("D42")[1].Text);
        Assert.NotEqual(Slack.SentTo("D42")[0].Parameters.Text("client_msg_id"), Slack.SentTo("D42")[1].Parameters.Text("client_msg_id"));
        var row = await running.Client.CallAsync("channels.status", new JsonObject { ["probe"] = true, ["timeoutMs"] = 100_000 });
        var account = row.List("payload/channelAccounts/slack").Single(one => one.Text("accountId") == "default");
        Assert.Equal(("true", "healthy", "@chela of Us"), (account.Text("connected"), account.Text("healthState"), account.Text("probe/bot")));
    }

    [Fact]
    [Trait("Requirement", "A9")]
    public async Task In_a_channel_it_answers_whom_it_may_answer_and_who_calls_it_in_threads_and_by_slash_commands_too()
    {
        await Slack.SayAsync($"<@{FakeSlack.BotUser}> in another channel", channel: "C2");
        await Slack.SayAsync($"<@{FakeSlack.BotUser}> from somebody else", "U8", Room);
        await Slack.SayAsync("to nobody in particular", channel: Room);
        await Slack.SayAsync($"<@{FakeSlack.BotUser}> to you", channel: Room, more: new JsonObject { ["type"] = "app_mention" });
        await Slack.SayAsync("in your thread", channel: Room, more: new JsonObject { ["thread_ts"] = "1690000000.000001", ["parent_user_id"] = FakeSlack.BotUser });
        await Slack.TellAsync("slash_commands", new JsonObject
        {
            ["command"] = "/chela",
            ["text"] = "by a command",
            ["channel_id"] = Room,
            ["channel_name"] = "us",
            ["user_id"] = "U42",
            ["user_name"] = "anna",
            ["trigger_id"] = "1.2.ab",
        });
        await Slack.TellAsync("interactive", new JsonObject { ["type"] = "block_actions" });
        await Slack.WhenAsync(slack => slack.SentTo(Room).Count == 3 && slack.Pending == 0);

        Assert.Equal(
            [(null, "U42: to you"), (null, "anna: by a command"), ("1690000000.000001", "U42: in your thread")],
            Slack.SentTo(Room).Select(call => (call.Thread, call.Text)).OrderBy(answer => answer.Thread).ThenByDescending(answer => answer.Text == "U42: to you"));
        Assert.Empty(Slack.SentTo("C2"));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_long_answer_comes_in_pieces_in_order_and_slack_is_obeyed_when_it_asks_to_wait()
    {
        var tries = 0;
        Slack.Answer = call => call is not { Method: "chat.postMessage", Channel: "D43" } ? null : Interlocked.Increment(ref tries) switch
        {
            1 => (429, ""),
            2 => (502, "Bad Gateway"),
            _ => null,
        };
        var words = string.Join(' ', Enumerable.Range(1, 150).Select(number => $"w{number:D4}"));

        await Slack.SayAsync(words, "U43");
        await Slack.WhenAsync(slack => slack.SentTo("D43").Any(call => call.Text!.Contains("w0150", StringComparison.Ordinal)));

        var sent = Slack.SentTo("D43");
        Assert.Equal(words, string.Join(' ', sent.Skip(2).Select(call => call.Text!.Trim())));
        Assert.Single(sent.Take(3).Select(call => call.Parameters.Text("client_msg_id")).Distinct());
        Assert.All(sent, call => Assert.InRange(call.Text!.Length, 1, 300));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task Files_come_with_the_message_and_those_that_lie_elsewhere_are_left_out()
    {
        var files = new JsonArray(
            new JsonObject { ["name"] = "notes.txt", ["mimetype"] = "text/plain", ["size"] = 20, ["url_private_download"] = $"{Slack.Root}/files/notes" },
            new JsonObject { ["name"] = "elsewhere.txt", ["mimetype"] = "text/plain", ["url_private"] = "http://127.0.0.1:9/files/elsewhere" },
            new JsonObject { ["name"] = "large.txt", ["size"] = 1_000_000_000, ["url_private"] = $"{Slack.Root}/files/large" });

        await Slack.SayAsync("", "U44", more: new JsonObject { ["subtype"] = "file_share", ["files"] = files });
        await Slack.WhenAsync(slack => slack.SentTo("D44").Count == 1);

        Assert.Contains("content of /files/notes", Slack.SentTo("D44")[0].Text, StringComparison.Ordinal);
        var kept = await running.Client.CallAsync("artifacts.list", new JsonObject { ["sessionKey"] = "agent:main:slack:default:direct:%005544" });
        Assert.Equal("notes.txt", Assert.Single(kept.List("payload/artifacts")).Text("title"));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task An_answer_grows_in_one_message_and_its_question_gets_a_sign()
    {
        var words = string.Join(' ', Enumerable.Range(1, 24).Select(number => $"word{number:D2}"));

        var asked = await Slack.SayAsync($"/slow 100 {words}", "U46");
        await Slack.WhenAsync(slack => slack.Calls.Any(call => call.Method == "chat.update" && call.Text == words));

        var shown = Assert.Single(Slack.SentTo("D46"));
        Assert.StartsWith("word01 word02", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("word24", shown.Text, StringComparison.Ordinal);
        Assert.Single(Slack.Calls.Where(call => call.Method == "chat.update" && call.Channel == "D46").Select(call => call.Parameters.Text("ts")).Distinct());
        var sign = Assert.Single(Slack.Calls, call => call.Method == "reactions.add" && call.Channel == "D46").Parameters;
        Assert.Equal((asked["ts"]!.ToString(), "eyes"), (sign.Text("timestamp"), sign.Text("name")));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    [Trait("Requirement", "G3")]
    public async Task A_button_decides_on_a_tool_for_owners_alone_and_the_agent_sends_files_of_its_workspace()
    {
        using var folder = new TempFolder();
        await using var slack = await FakeSlack.StartAsync();
        await using var model = await FakeOpenAi.StartAsync(TestContext.Current.CancellationToken);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_write", """{"path":"out/note.txt","content":"Hello."}""")));
        model.Enqueue(FakeOpenAiReply.Calls(("message_send", """{"text":"Here it is.","files":["out/note.txt"]}""")), FakeOpenAiReply.Text("It is sent."));
        var config = new JsonObject { ["commands"] = new JsonObject { ["ownerAllowFrom"] = new JsonArray("slack:U42") } };
        await using var gateway = await GatewayProcess.StartAsync(slack.StartIn(folder, config, ("default", """{ "allowFrom": ["U42", "U7"] }""")) with
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        });
        await slack.WhenAsync(fake => fake.Connections == 1);

        await slack.SayAsync("Write a note and send it.");
        await slack.WhenAsync(fake => fake.Sent.Count == 1);
        var buttons = slack.Sent[0].Parameters.GetProperty("blocks")[1].List("elements");
        Assert.Equal(["Allow once", "Allow this session", "Allow always", "Deny"], buttons.Select(button => button.Text("text/text")));
        await slack.PressAsync(buttons[0].Text("value")!, "U7");
        await slack.WhenAsync(fake => fake.Pending == 0);
        Assert.Single(slack.Sent);
        await slack.PressAsync(buttons[0].Text("value")!, "U42");
        await slack.WhenAsync(fake => fake.Sent.Any(call => call.Text == "It is sent.") && fake.Calls.Any(call => call.Method == "files.completeUploadExternal"));

        var upload = Assert.Single(slack.Calls, call => call.Method == "files.getUploadURLExternal").Parameters;
        var shown = Assert.Single(slack.Calls, call => call.Method == "files.completeUploadExternal").Parameters;
        Assert.Equal(("note.txt", "6"), (upload.Text("filename"), upload.Text("length")));
        Assert.Equal("Hello.", Assert.Single(slack.Calls, call => call.Method == "upload").Parameters.Text("content"));
        Assert.Equal(("D42", "F1"), (shown.Text("channel_id"), shown.Text("files/0/id")));
        Assert.Contains(slack.Sent, call => call.Text == "Here it is.");
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task A_token_that_slack_does_not_know_stops_its_account_alone_and_stands_in_no_log()
    {
        await Patience.UntilAsync(
            async _ => (await running.Client.CallAsync("channels.status")).List("payload/channelAccounts/slack").Single(one => one.Text("accountId") == "broken")
                is var row && row.Text("healthState") == "terminal-disconnect" && row.Text("lastError") == "Slack answered invalid_auth",
            "the account is stopped");

        Assert.DoesNotContain("-token-", running.Gateway.Errors.Text + running.Gateway.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "C3")]
    [Trait("Requirement", "B4")]
    [InlineData("refresh_requested")]
    [InlineData("warning")]
    public async Task The_next_connection_stands_before_the_former_goes_and_what_comes_over_either_is_taken(string reason)
    {
        await Slack.WhenAsync(slack => slack.Connections > 0);
        var former = Slack.Connections - 1;
        await Slack.DisconnectAsync(reason);
        await Slack.WhenAsync(slack => slack.Connections == former + 2);

        var late = new JsonObject { ["type"] = "message", ["channel"] = "D45", ["channel_type"] = "im", ["user"] = "U45", ["text"] = $"late, {reason}", ["ts"] = $"1600000000.00000{reason.Length}" };
        await Slack.TellAsync("events_api", new JsonObject { ["event"] = late }, former);
        await Slack.SayAsync($"on the next, {reason}", "U45");

        await Slack.WhenAsync(slack => slack.SentTo("D45").Count(call => call.Text!.Contains(reason, StringComparison.Ordinal)) == 2 && slack.Pending == 0);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task What_was_not_acknowledged_when_the_gateway_was_killed_is_answered_by_the_next_start_and_all_of_it_once()
    {
        using var folder = new TempFolder();
        await using var slack = await FakeSlack.StartAsync();
        var start = slack.StartIn(folder, ("default", """{ "allowFrom": ["U42"] }"""));
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await slack.WhenAsync(fake => fake.Connections == 1);
            await slack.SayAsync("before");
            await slack.WhenAsync(fake => fake.Sent.Count == 1);
            gateway.Kill();
            await gateway.EndAsync();
        }

        await slack.SayAsync("while it is down");
        await using var again = await GatewayProcess.StartAsync(start);
        await slack.WhenAsync(fake => fake.Sent.Any(call => call.Text == "while it is down") && fake.Pending == 0);

        Assert.Equal(["before", "while it is down"], slack.Sent.Select(call => call.Text).Distinct());
    }

    /// <summary>One gateway with an account that works and one that does not.</summary>
    public sealed class Running : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        internal FakeSlack Slack { get; private set; } = null!;

        internal GatewayProcess Gateway { get; private set; } = null!;

        internal WireClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Slack = await FakeSlack.StartAsync();
            Gateway = await GatewayProcess.StartAsync(Slack.StartIn(
                _folder,
                ("default", """{ "allowFrom": ["U42", "U43", "U44", "U45", "U46"], "groups": { "C1": {} }, "textChunkLimit": 300, "historyLimit": 0, "ackReaction": "👀" }"""),
                ("broken", """{ "botToken": "xoxb-2-a-token-of-another-time" }""")));
            Client = await Gateway.OpenOpenClawAsync();
            await Slack.WhenAsync(slack => slack.Connections == 1);
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Gateway.DisposeAsync();
            await Slack.DisposeAsync();
            _folder.Dispose();
        }
    }
}
