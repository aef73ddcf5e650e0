using System.Net;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>The real executable speaks with people on Telegram.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
public sealed class TelegramTests
{
    private const long Group = -1001;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_person_who_is_listed_is_answered_in_the_chat_and_what_telegram_sends_again_is_answered_once()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder));

        var update = telegram.Say("hello **there**");
        await telegram.SentAsync(1);
        telegram.TellAgain(update);
        telegram.Say("and again");
        await telegram.SentAsync(2);

        Assert.Equal(["42", "42"], telegram.Sent.Select(call => call.Chat));
        Assert.Contains("hello <b>there</b>", telegram.Sent[0].Text, StringComparison.Ordinal);
        Assert.Equal("HTML", telegram.Sent[0].Parameters.Text("parse_mode"));
        Assert.Contains("and again", telegram.Sent[1].Text, StringComparison.Ordinal);
        Assert.Contains(telegram.Calls, call => call.Method == "setMyCommands");
        telegram.Say("/slow 60000 you see that I write");
        await telegram.WhenAsync(fake => fake.Calls.Any(call => call is { Method: "sendChatAction", Chat: "42" }));
        await using var client = await gateway.OpenOpenClawAsync();
        Assert.Equal(2, (await client.HistoryAsync("telegram:default:direct:42")).Count(line => line.Text("role") == "assistant"));
        var row = await client.CallAsync("channels.status", Json("""{"probe":true,"timeoutMs":100000}"""));
        Assert.Equal(("true", "true", "healthy", "@chela_bot"), (
            row.Text("payload/channelAccounts/telegram/0/running"), row.Text("payload/channelAccounts/telegram/0/connected"),
            row.Text("payload/channelAccounts/telegram/0/healthState"), row.Text("payload/channelAccounts/telegram/0/probe/bot")));
        Assert.NotNull(row.Text("payload/channelAccounts/telegram/0/lastOutboundAt"));
    }

    [Fact]
    [Trait("Requirement", "A9")]
    public async Task A_stranger_gets_a_code_once_and_is_answered_when_somebody_let_them_in_also_after_a_kill()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        var start = telegram.StartIn(folder, "{}");
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            telegram.Say("let me in", from: 7);
            telegram.Say("please", from: 7);
            await telegram.SentAsync(1);
            await using var client = await gateway.OpenOpenClawAsync();
            var list = await client.CallAsync("channels.pairing.list");
            var code = list.Text("payload/requests/0/requestId")!;
            Assert.Contains(code, Assert.Single(telegram.Sent).Text, StringComparison.Ordinal);
            Assert.Equal(("7", "Anna Smith"), (list.Text("payload/requests/0/senderId"), list.Text("payload/requests/0/senderLabel")));

            Assert.Contains($"chela pairing approve telegram {code}", (await PairingAsync(gateway, "list")).Output, StringComparison.Ordinal);
            Assert.Equal(1, (await PairingAsync(gateway, "approve", "telegram", "WRONGONE")).ExitCode);
            Assert.Equal("Let in: 7\n", (await PairingAsync(gateway, "approve", "telegram", code)).Output);
            telegram.Say("am I in", from: 7);
            await telegram.SentAsync(2);
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        telegram.Say("here I am", from: 7);
        await telegram.WhenAsync(fake => fake.Sent.Any(call => call.Text!.Contains("here I am", StringComparison.Ordinal)));

        Assert.All(telegram.Sent, call => Assert.Equal("7", call.Chat));
        Assert.Contains("let in   Anna Smith (7)", (await PairingAsync(again, "list")).Output, StringComparison.Ordinal);
        Assert.Equal("Shut out: 7\n", (await PairingAsync(again, "remove", "telegram", "7")).Output);
    }

    [Fact]
    [Trait("Requirement", "A9")]
    public async Task In_a_group_it_answers_whom_it_may_answer_and_who_calls_it_and_tells_the_agent_who_speaks()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        var account = $$"""{ "allowFrom": ["42"], "groups": { "{{Group}}": {} } }""";
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder, account));

        telegram.SayIn(-2002, "@chela_bot in another group");
        telegram.SayIn(Group, "@chela_bot from somebody else", from: 7);
        telegram.SayIn(Group, "to nobody in particular");
        telegram.SayIn(Group, "@chela_bot to you");
        var reply = new JsonObject { ["reply_to_message"] = new JsonObject { ["from"] = new JsonObject { ["id"] = FakeTelegram.BotId, ["is_bot"] = true } } };
        reply["message_thread_id"] = 9;
        reply["is_topic_message"] = true;
        telegram.SayIn(Group, "an answer in a topic", more: reply);
        await telegram.SentAsync(2);

        var inTopic = telegram.Sent.Single(call => call.Parameters.TryGetProperty("message_thread_id", out _));
        var outside = telegram.Sent.Single(call => call != inTopic);
        Assert.Contains("Anna Smith: to you", outside.Text, StringComparison.Ordinal);
        Assert.Contains("an answer in a topic", inTopic.Text, StringComparison.Ordinal);
        Assert.Equal([Group.ToString(provider: null), Group.ToString(provider: null)], telegram.Sent.Select(call => call.Chat));
        Assert.Equal(9, inTopic.Parameters.GetProperty("message_thread_id").GetInt64());
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_long_answer_comes_in_pieces_in_order_and_telegram_is_obeyed_when_it_asks_to_wait()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        var tries = 0;
        telegram.Answer = call => call.Method != "sendMessage" ? null : Interlocked.Increment(ref tries) switch
        {
            1 => FakeTelegram.Refusal(429, "Too Many Requests: retry after 1", 1),
            2 => FakeTelegram.Refusal(502, "Bad Gateway"),
            3 => FakeTelegram.Refusal(400, "Bad Request: can't parse entities: nobody knows why"),
            _ => null,
        };
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder, """{ "allowFrom": ["*"], "dmPolicy": "open", "textChunkLimit": 300 }"""));
        var words = string.Join(' ', Enumerable.Range(1, 150).Select(number => $"w{number:D4}"));

        telegram.Say(words);
        await telegram.WhenAsync(fake => fake.Sent.Any(call => call.Text!.Contains("w0150", StringComparison.Ordinal)));

        var arrived = telegram.Sent.Skip(3).ToArray();
        Assert.Null(arrived[0].Parameters.Text("parse_mode"));
        Assert.Contains(words, string.Join(' ', arrived.Select(call => call.Text!.Trim())), StringComparison.Ordinal);
        Assert.All(arrived, call => Assert.InRange(call.Text!.Length, 1, 300));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task Files_come_with_the_message_and_one_that_is_not_given_out_is_left_out()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder));
        telegram.Files["documents/notes"] = "the notes"u8.ToArray();
        telegram.Answer = call => call.Method == "getFile" && call.Parameters.Text("file_id") == "gone" ? FakeTelegram.Refusal(400, "Bad Request: file is too big") : null;
        var chat = new JsonObject { ["id"] = 42, ["type"] = "private" };

        telegram.Say(new JsonObject { ["caption"] = "read this", ["document"] = new JsonObject { ["file_id"] = "notes", ["file_name"] = "notes.txt" } }, chat, 42);
        telegram.Say(new JsonObject { ["document"] = new JsonObject { ["file_id"] = "gone", ["file_name"] = "big.bin" } }, chat.DeepClone().AsObject(), 42);
        await telegram.SentAsync(2);

        await using var client = await gateway.OpenOpenClawAsync();
        var files = await client.CallAsync("artifacts.list", Json("""{"sessionKey":"agent:main:telegram:default:direct:42"}"""));
        Assert.Equal("notes.txt", Assert.Single(files.List("payload/artifacts")).Text("title"));
    }

    [Fact]
    [Trait("Requirement", "C3")]
    [Trait("Requirement", "K7")]
    public async Task A_wrong_token_stops_the_account_and_a_corrected_one_starts_it_while_the_gateway_runs()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        var start = telegram.StartIn(folder, """{ "allowFrom": ["42"], "botToken": "7000000001:AAE-a_token_of_another_time" }""");
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();
        await StateAsync(client, "terminal-disconnect");

        var health = await client.CallAsync("health");
        Assert.Equal(("terminal-disconnect", "Telegram does not know the bot token."), (
            health.Text("payload/channels/telegram/accounts/default/healthState"), health.Text("payload/channels/telegram/accounts/default/lastError")));

        telegram.Configure(start, """{ "allowFrom": ["42"] }""");
        await StateAsync(client, "healthy");
        telegram.Say("are you there");
        await telegram.SentAsync(1);

        Assert.DoesNotContain("AAE-", gateway.Errors.Text + gateway.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task Nonsense_among_what_telegram_tells_holds_up_nobody()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        var polls = 0;
        telegram.Answer = call => call.Method == "getUpdates" && Interlocked.Increment(ref polls) == 1
            ? (200, """{"ok":true,"result":[7,"nothing",[],{"update_id":"one"},{"update_id":90,"message":7},{"update_id":91,"message":{"message_id":1,"date":1,"chat":{"id":42,"type":"private"},"from":{"id":42},"text":"sense"}}]}""")
            : null;
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder));

        await telegram.SentAsync(1);
        telegram.Say("and more");
        await telegram.SentAsync(2);

        Assert.Equal(["sense", "and more"], telegram.Sent.Select(call => call.Text));
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task An_account_that_is_stopped_hears_nothing_until_it_is_started_and_loses_nothing()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder));
        await using var client = await gateway.OpenOpenClawAsync();
        await StateAsync(client, "healthy");

        var stopped = await client.CallAsync("channels.stop", Json("""{"channel":"telegram"}"""));
        telegram.Say("while you sleep");
        await StateAsync(client, "not-running");
        Assert.Empty(telegram.Sent);
        var started = await client.CallAsync("channels.start", Json("""{"channel":"telegram","accountId":"default"}"""));
        await telegram.SentAsync(1);

        Assert.Equal(("true", "started"), (stopped.Text("payload/stopped"), started.Text("payload/outcome")));
        Assert.Contains("while you sleep", telegram.Sent[0].Text, StringComparison.Ordinal);
        Assert.Equal("already-running", (await client.CallAsync("channels.start", Json("""{"channel":"telegram"}"""))).Text("payload/outcome"));
        Assert.Equal("false", (await client.CallAsync("channels.start", Json("""{"channel":"telegram","accountId":"other"}"""))).Text("ok"));
    }

    [Fact]
    [Trait("Requirement", "C2")]
    public async Task What_telegram_posts_is_taken_with_the_secret_alone_and_only_when_it_can_be_read()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        var account = """{ "allowFrom": ["42"], "webhookUrl": "https://chat.example.org", "webhookSecret": "a-secret-of-16-letters-and-more" }""";
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder, account));
        await telegram.WhenAsync(fake => fake.Calls.Any(call => call.Method == "setWebhook"));
        var hook = telegram.Calls.Single(call => call.Method == "setWebhook").Parameters;
        var update = telegram.Say("by post").ToJsonString();
        var path = new Uri(hook.Text("url")!).AbsolutePath;

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(gateway, path, update, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(gateway, path, update, "another-secret-of-16-letters"));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(gateway, "/channels/telegram/other", update, hook.Text("secret_token")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await PostAsync(gateway, path, update, hook.Text("secret_token"), "text/plain"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(gateway, path, new string(' ', 1024 * 1024) + update, hook.Text("secret_token")));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(gateway, path, "{", hook.Text("secret_token")));
        Assert.Empty(telegram.Sent);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(gateway, path, update, hook.Text("secret_token")));
        await telegram.SentAsync(1);

        Assert.Contains("by post", telegram.Sent[0].Text, StringComparison.Ordinal);
        Assert.Equal("https://chat.example.org/channels/telegram/default", hook.Text("url"));
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task What_telegram_posts_before_the_bot_knows_its_own_name_has_to_come_again()
    {
        using var folder = new TempFolder();
        await using var telegram = await FakeTelegram.StartAsync();
        telegram.Answer = call => call.Method == "getMe" ? FakeTelegram.Refusal(502, "Bad Gateway") : null;
        var account = """{ "allowFrom": ["42"], "webhookUrl": "https://chat.example.org", "webhookSecret": "a-secret-of-16-letters-and-more" }""";
        await using var gateway = await GatewayProcess.StartAsync(telegram.StartIn(folder, account));
        var update = telegram.Say("too early").ToJsonString();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(gateway, "/channels/telegram/default", update, "a-secret-of-16-letters-and-more"));

        telegram.Answer = _ => null;
        await telegram.WhenAsync(fake => fake.Calls.Any(call => call.Method == "setWebhook"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(gateway, "/channels/telegram/default", update, "a-secret-of-16-letters-and-more"));
        await telegram.SentAsync(1);
    }

    private static async Task<HttpStatusCode> PostAsync(GatewayProcess gateway, string path, string body, string? secret, string type = "application/json")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.HttpUrl, path));
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, type);
        request.Headers.ExpectContinue = body.Length > 1_000_000; // who is refused by the length alone need not send it, and may find the connection closed
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", secret is null ? [] : [secret]);
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private static Task<Result> PairingAsync(GatewayProcess gateway, params string[] command) =>
        ChelaProcess.RunAsync(["pairing", .. command, "--state-dir", gateway.StateDirectory]);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private static Task StateAsync(WireClient client, string state) => Patience.UntilAsync(
        async _ => (await client.CallAsync("channels.status")).Text("payload/channelAccounts/telegram/0/healthState") == state, $"the account is {state}");
}
