using System.Net;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>The real executable, with three accounts of Feishu: one by long connection, one that is posted to, one whose secret is wrong.</summary>
public sealed class FeishuGateway : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal FakeFeishu Feishu { get; private set; } = null!;

    internal GatewayProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Feishu = await FakeFeishu.StartAsync();
        var start = new GatewayStart(_folder.Path);
        Configure(start, new JsonObject
        {
            ["default"] = Feishu.Account("""{ "allowFrom": ["ou_anna"], "groups": { "oc_us": {} }, "textChunkLimit": 300, "ackReaction": "👀" }"""),
            ["posted"] = Feishu.Account($$"""
                { "allowFrom": ["ou_anna"], "connectionMode": "webhook", "encryptKey": "{{FakeFeishu.EncryptKey}}", "verificationToken": "{{FakeFeishu.VerificationToken}}" }
                """),
            ["wrong"] = Feishu.Account("""{ "appSecret": "a-secret-of-another-time" }"""),
        });
        Gateway = await GatewayProcess.StartAsync(start);
    }

    internal static void Configure(GatewayStart start, JsonObject accounts, string more = "{}")
    {
        Directory.CreateDirectory(start.StateDirectory!);
        var config = JsonNode.Parse(more)!.AsObject();
        config["channels"] = new JsonObject { ["feishu"] = accounts };
        File.WriteAllText(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Feishu.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The real executable speaks with people on Feishu.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
public sealed class FeishuTests(FeishuGateway fixture) : IClassFixture<FeishuGateway>
{
    private readonly FakeFeishu _feishu = fixture.Feishu;
    private readonly GatewayProcess _gateway = fixture.Gateway;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_person_who_is_listed_is_answered_once_in_the_chat_however_often_and_in_however_many_frames_it_comes()
    {
        _feishu.Line.FrameBytes = 50;
        var told = _feishu.Say("hello **there** <at user_id=\"all\"></at>");
        var answer = await _feishu.SaidAsync("hello **there**");
        _feishu.Line.FrameBytes = 100_000;
        _feishu.Tell(told);
        _feishu.Say("and again");
        var second = await _feishu.SaidAsync("and again");
        await _feishu.WhenAsync(fake => fake.Line.Waiting == 0);

        Assert.Equal(("oc_with_ou_anna", "post", "post"), (answer.Chat, answer.Body.Text("msg_type"), second.Body.Text("msg_type")));
        Assert.EndsWith("/im/v1/messages?receive_id_type=chat_id", answer.Path, StringComparison.Ordinal);
        Assert.DoesNotContain("<at", answer.Text, StringComparison.Ordinal);
        Assert.Single(_feishu.Sent, call => call.Text.Contains("hello **there**", StringComparison.Ordinal));
        Assert.Contains(_feishu.Calls, call => call is { Method: "PING", Path: "/33554678" });
        await using var client = await _gateway.OpenOpenClawAsync();
        Assert.Single(await client.HistoryAsync("feishu:default:direct:ou_anna"), line => line.Text("role") == "user" && line.GetRawText().Contains("there", StringComparison.Ordinal));
        var status = await client.CallAsync("channels.status", JsonNode.Parse("""{"probe":true,"timeoutMs":100000}""")!.AsObject());
        var row = status.List("payload/channelAccounts/feishu").Single(one => one.Text("accountId") == "default");
        Assert.Equal(("true", "healthy", "Chela"), (row.Text("connected"), row.Text("healthState"), row.Text("probe/bot")));
    }

    [Fact]
    [Trait("Requirement", "A9")]
    public async Task A_stranger_gets_a_code_and_in_a_group_it_answers_whom_it_may_answer_and_who_calls_it()
    {
        _feishu.Say("let me in", from: "ou_stranger");
        var code = await _feishu.SaidAsync("chela pairing approve feishu");
        _feishu.SayIn("oc_others", "in another group");
        _feishu.SayIn("oc_us", "from somebody else", from: "ou_stranger");
        _feishu.SayIn("oc_us", "to nobody in particular", isCall: false);
        var asked = _feishu.SayIn("oc_us", "to you");
        var answer = await _feishu.SaidAsync("to you");
        _feishu.SayIn("oc_us", "in a thread", more: new JsonObject { ["thread_id"] = "omt_1", ["root_id"] = "om_root" });
        var inThread = await _feishu.SaidAsync("in a thread");
        _feishu.Answer = call => call.Path.EndsWith("/om_gone/reply", StringComparison.Ordinal) ? (400, 230011, null) : null;
        _feishu.SayIn("oc_us", "behind what is gone", more: new JsonObject { ["message_id"] = "om_gone" });
        var inChat = await _feishu.SaidAsync("behind what is gone");

        Assert.Equal("oc_with_ou_stranger", code.Chat);
        Assert.Single(_feishu.Calls, call => call.Path.EndsWith("/contact/v3/users/ou_anna?user_id_type=open_id", StringComparison.Ordinal));
        Assert.Contains("Anna Smith: to nobody in particular\n\n[Said to you]\nAnna Smith: to you", answer.Text, StringComparison.Ordinal);
        Assert.Equal($"/open-apis/im/v1/messages/{JsonNode.Parse(asked)!["event"]!["message"]!["message_id"]}/reply", answer.Path);
        Assert.EndsWith("/reply", inThread.Path, StringComparison.Ordinal);
        Assert.Equal(("true", null, "oc_us"), (inThread.Body.Text("reply_in_thread"), answer.Body.Text("reply_in_thread"), inChat.Chat));
        Assert.DoesNotContain(_feishu.Sent, call => call.Text.Contains("another group", StringComparison.Ordinal) || call.Text.Contains("somebody else", StringComparison.Ordinal));
        Assert.Equal(0, (await ChelaProcess.RunAsync(["pairing", "approve", "feishu", CodeIn(code.Text), "--account", "default", "--state-dir", _gateway.StateDirectory])).ExitCode);
        _feishu.Say("am I in", from: "ou_stranger");
        await _feishu.SaidAsync("am I in");
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_long_answer_comes_in_pieces_in_order_and_whatever_feishu_refuses_for_now_is_sent_again()
    {
        var tries = 0;
        _feishu.Answer = call => !call.Path.Contains("/messages?", StringComparison.Ordinal) ? null : Interlocked.Increment(ref tries) switch
        {
            1 => (400, 99991400, 1),
            2 => (500, 2200, null),
            3 => (400, 230001, null), // it cannot show the markup
            _ => null,
        };
        var words = string.Join(' ', Enumerable.Range(1, 150).Select(number => $"w{number:D4}"));

        _feishu.Say($"*{words}*");
        await _feishu.SaidAsync("w0150");
        _feishu.TakeTokensBack();
        _feishu.Say("with a new token");
        await _feishu.SaidAsync("with a new token");

        var pieces = _feishu.Sent.Where(call => call.Text.Contains(" w0", StringComparison.Ordinal)).ToArray();
        Assert.Equal("text", pieces[0].Body.Text("msg_type"));
        Assert.Contains(words, string.Join(' ', pieces.Select(call => call.Text.Trim('*', ' '))), StringComparison.Ordinal);
        Assert.All(pieces, call => Assert.InRange(call.Text.Length, 1, 302));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task Files_come_with_the_message_and_one_that_is_not_given_out_is_left_out()
    {
        var notes = _feishu.Message("p2p", "oc_with_ou_anna", "ou_anna", "file", new JsonObject { ["file_key"] = "file_1", ["file_name"] = "notes.txt" });
        _feishu.Files[$"/open-apis/im/v1/messages/{notes["event"]!["message"]!["message_id"]}/resources/file_1"] = "the notes"u8.ToArray();
        _feishu.Answer = call => call.Path.Contains("/resources/img_gone?type=image", StringComparison.Ordinal) ? (400, 234001, null) : null;

        _feishu.Tell(notes);
        _feishu.Tell(_feishu.Message("p2p", "oc_with_ou_anna", "ou_anna", "image", new JsonObject { ["image_key"] = "img_gone" }));
        await _feishu.SaidAsync("[file]");
        await _feishu.SaidAsync("[photo]");

        await using var client = await _gateway.OpenOpenClawAsync();
        var files = await client.CallAsync("artifacts.list", JsonNode.Parse("""{"sessionKey":"agent:main:feishu:default:direct:ou_anna"}""")!.AsObject());
        Assert.Equal("notes.txt", Assert.Single(files.List("payload/artifacts")).Text("title"));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task An_answer_grows_in_one_message_and_what_was_taken_in_gets_a_sign()
    {
        var words = string.Join(' ', Enumerable.Range(1, 24).Select(number => $"grow{number:D2}"));

        var asked = _feishu.Say($"/slow 100 {words}");
        await _feishu.WhenAsync(fake => fake.Calls.Any(call => call.Method == "PUT" && call.Text == words));

        var shown = Assert.Single(_feishu.Sent, call => call.Text.Contains("grow01", StringComparison.Ordinal));
        Assert.DoesNotContain("grow24", shown.Text, StringComparison.Ordinal);
        var sign = $"/open-apis/im/v1/messages/{JsonNode.Parse(asked)!["event"]!["message"]!["message_id"]}/reactions";
        Assert.Equal("GLANCE", Assert.Single(_feishu.Calls, call => call.Path == sign).Body.Text("reaction_type/emoji_type"));
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task A_connection_that_is_cut_is_made_anew_and_a_wrong_secret_stops_its_account_alone()
    {
        _feishu.Say("before the cut");
        await _feishu.SaidAsync("before the cut");
        _feishu.Line.Cut();
        _feishu.Say("behind the cut");
        await _feishu.SaidAsync("behind the cut");

        await using var client = await _gateway.OpenOpenClawAsync();
        var status = await client.CallAsync("channels.status");
        var wrong = status.List("payload/channelAccounts/feishu").Single(row => row.Text("accountId") == "wrong");
        Assert.Equal(("terminal-disconnect", "Feishu does not know the app, or its secret is another one (10014)."), (wrong.Text("healthState"), wrong.Text("lastError")));
        Assert.DoesNotContain("secret-ticket", _gateway.Errors.Text + _gateway.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-", _gateway.Errors.Text + _gateway.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_feishu_posts_is_taken_when_it_is_signed_with_the_key_and_holds_the_token()
    {
        var json = _feishu.Message("p2p", "oc_by_post", "ou_anna", "text", new JsonObject { ["text"] = "by post" });
        var question = new JsonObject { ["type"] = "url_verification", ["challenge"] = "a \"challenge\"", ["token"] = FakeFeishu.VerificationToken };
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var foreign = json.DeepClone().AsObject();
        foreign["header"]!["token"] = "another-token-of-many-letters";

        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(json, isSigned: false)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(json, key: "another-key-of-many-letters")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(json, now - 301)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(foreign)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(json, account: "default")).Status);
        Assert.Equal((HttpStatusCode.OK, """{"challenge":"a \u0022challenge\u0022"}"""), await PostAsync(question, isSigned: false));
        Assert.DoesNotContain(_feishu.Sent, call => call.Chat == "oc_by_post");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(json)).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(json)).Status);
        await _feishu.SaidAsync("by post");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(_feishu.Message("p2p", "oc_by_post", "ou_anna", "text", new JsonObject { ["text"] = "the last" }))).Status);
        await _feishu.SaidAsync("the last");

        Assert.Equal(2, _feishu.Sent.Count(call => call.Chat == "oc_by_post"));
        using var http = new HttpClient();
        using var text = await http.PostAsync(Address("posted"), new StringContent("{}"), Ct);
        http.DefaultRequestHeaders.ExpectContinue = true; // who is refused by the length alone need not send it, and may find the connection closed
        using var large = await http.PostAsync(Address("posted"), JsonContent(new string(' ', 1024 * 1024) + "{}"), Ct);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, HttpStatusCode.RequestEntityTooLarge), (text.StatusCode, large.StatusCode));
    }

    private Uri Address(string account) => new(_gateway.HttpUrl, $"/channels/feishu/{account}");

    private static StringContent JsonContent(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(
        JsonObject json, long? timestamp = null, string key = FakeFeishu.EncryptKey, bool isSigned = true, string account = "posted")
    {
        using var http = new HttpClient();
        using var request = FakeFeishuPost.Of(Address(account), json.ToJsonString(), timestamp, key, isSigned);
        using var answer = await http.SendAsync(request, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private static string CodeIn(string text) => text.Split("approve feishu ")[1].Split(' ')[0];
}
