using System.Net;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.WhatsApp;

/// <summary>The real executable speaks with people on WhatsApp by the Cloud API.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
public sealed class WhatsAppTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeWhatsApp _whatsApp = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _whatsApp = await FakeWhatsApp.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _whatsApp.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    [Trait("Requirement", "C4")]
    [Trait("Requirement", "A9")]
    public async Task A_person_who_is_listed_is_answered_once_a_stranger_gets_a_code_and_files_come_with_what_is_said()
    {
        _whatsApp.Files["notes"] = "the notes"u8.ToArray();
        await using var gateway = await StartAsync("""{ "allowFrom": ["15550001"], "ackReaction": "👀" }""");

        var post = FakeWhatsApp.PostOf(FakeWhatsApp.TextOf("hello **there**", "wamid.1"));
        Assert.Equal(HttpStatusCode.OK, await FakeWhatsApp.PostAsync(gateway, post));
        Assert.Equal(HttpStatusCode.OK, await FakeWhatsApp.PostAsync(gateway, post));
        Assert.Equal(HttpStatusCode.OK, await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(FakeWhatsApp.TextOf("let me in", "wamid.2", from: "15559999"))));
        Assert.Equal(HttpStatusCode.OK, await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(FakeWhatsApp.TextOf("for another number", "wamid.3"), number: "42")));
        var document = new JsonObject { ["from"] = "15550001", ["id"] = "wamid.4", ["timestamp"] = "1749416383", ["type"] = "document" };
        document["document"] = new JsonObject { ["id"] = "notes", ["filename"] = "notes.txt", ["mime_type"] = "text/plain", ["caption"] = "read this" };
        Assert.Equal(HttpStatusCode.OK, await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(document)));
        var elsewhere = document.DeepClone().AsObject();
        (elsewhere["id"], elsewhere["document"]!["id"], elsewhere["document"]!["caption"]) = ("wamid.5", "stolen", "and this");
        Assert.Equal(HttpStatusCode.OK, await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(elsewhere)));
        await _whatsApp.WhenAsync(fake => fake.Texts.Count == 4, "all are answered");

        Assert.Equal(["and this", "hello *there*", "read this"], _whatsApp.Texts.Where(text => !text!.Contains("pairing", StringComparison.Ordinal)).Select(text => text!.Split('\n')[0]).Order(StringComparer.Ordinal));
        var code = _whatsApp.Sent.Single(message => message.Text("to") == "15559999");
        Assert.Contains("chela pairing approve whatsapp", code.Text("text/body"), StringComparison.Ordinal);
        Assert.Contains(_whatsApp.Sent, message => message.Text("reaction/message_id") == "wamid.1" && message.Text("reaction/emoji") == "👀");
        await using var client = await gateway.OpenOpenClawAsync();
        var files = await client.CallAsync("artifacts.list", JsonNode.Parse("""{"sessionKey":"agent:main:whatsapp:default:direct:15550001"}""")!.AsObject());
        Assert.Equal("notes.txt", Assert.Single(files.List("payload/artifacts")).Text("title"));
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task What_is_not_signed_changes_nothing_and_the_address_is_confirmed_with_the_token_alone()
    {
        await using var gateway = await StartAsync();
        var post = FakeWhatsApp.PostOf(FakeWhatsApp.TextOf("hello", "wamid.1"));

        Assert.Equal(HttpStatusCode.Unauthorized, await FakeWhatsApp.PostAsync(gateway, post, $"sha256={new string('0', 64)}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await FakeWhatsApp.PostAsync(gateway, post, ""));
        Assert.Equal(HttpStatusCode.NotFound, await FakeWhatsApp.PostAsync(gateway, post, account: "other"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await FakeWhatsApp.PostAsync(gateway, post + new string(' ', 1024 * 1024)));
        Assert.Equal(HttpStatusCode.BadRequest, await FakeWhatsApp.PostAsync(gateway, "{"));
        Assert.Equal(HttpStatusCode.BadRequest, await FakeWhatsApp.PostAsync(gateway, """{"entry":[{"changes":"all of them"}]}"""));
        Assert.Equal((HttpStatusCode.OK, "1158201444"), await VerifyAsync(gateway, FakeWhatsApp.VerifyToken));
        Assert.Equal((HttpStatusCode.Unauthorized, ""), await VerifyAsync(gateway, "another-token-of-some-letters"));
        Assert.Empty(_whatsApp.Sent);
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task Too_many_is_repeated_after_a_day_a_template_goes_out_and_the_agents_files_and_buttons_arrive()
    {
        await using var model = await FakeOpenAi.StartAsync(Ct);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_write", """{"path":"note.txt","content":"Hello."}""")));
        model.Enqueue(FakeOpenAiReply.Calls(("message_send", """{"files":["note.txt"]}""")), FakeOpenAiReply.Text("It is\nsent."));
        var tries = 0;
        _whatsApp.Answer = message => message.Text("text/body") is null ? null : Interlocked.Increment(ref tries) switch
        {
            1 => (429, """{"error":{"message":"Rate limit hit","code":130429}}"""),
            _ => (400, """{"error":{"message":"Re-engagement message","code":131047}}"""),
        };
        var start = _whatsApp.StartIn(_folder, """{ "allowFrom": ["15550001"], "template": "agent_answer" }""", """{ "commands": { "ownerAllowFrom": ["whatsapp:15550001"] } }""") with
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        };
        await using var gateway = await StartAsync(start);

        await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(FakeWhatsApp.TextOf("Write a note and send it.", "wamid.1")));
        await _whatsApp.WhenAsync(fake => fake.Sent.Any(message => message.Text("type") == "interactive"), "leave is asked for");
        var rows = _whatsApp.Sent.Single(message => message.Text("type") == "interactive").List("interactive/action/sections/0/rows");
        Assert.Equal(["Allow once", "Allow this session", "Allow always", "Deny"], rows.Select(row => row.Text("title")));
        var press = new JsonObject { ["from"] = "15550001", ["id"] = "wamid.2", ["timestamp"] = "1749416383", ["type"] = "interactive" };
        press["interactive"] = new JsonObject { ["type"] = "list_reply", ["list_reply"] = new JsonObject { ["id"] = rows[0].Text("id"), ["title"] = "Allow once" } };
        await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(press));
        await _whatsApp.WhenAsync(fake => fake.Sent.Any(message => message.Text("template/components/0/parameters/0/text") == "It is sent."), "the answer goes out as a template");

        Assert.Contains(_whatsApp.Sent, message => message.Text("upload") == "note.txt text/plain Hello.");
        Assert.Contains(_whatsApp.Sent, message => message.Text("document/id") == "media-of-the-bot" && message.Text("document/filename") == "note.txt");
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task A_token_that_is_not_good_stops_the_account_and_posts_have_to_come_again()
    {
        _whatsApp.KnowsToken = false;
        await using var gateway = await GatewayProcess.StartAsync(_whatsApp.StartIn(_folder));
        await using var client = await gateway.OpenOpenClawAsync();
        await Patience.UntilAsync(
            async _ => (await client.CallAsync("channels.status")).Text("payload/channelAccounts/whatsapp/0/lastError")?.Contains("accessToken", StringComparison.Ordinal) is true, "the account is refused");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(FakeWhatsApp.TextOf("hello", "wamid.1"))));
    }

    private Task<GatewayProcess> StartAsync(string account = """{ "allowFrom": ["15550001"] }""") => StartAsync(_whatsApp.StartIn(_folder, account));

    /// <summary>A gateway whose account is connected.</summary>
    private static async Task<GatewayProcess> StartAsync(GatewayStart start)
    {
        var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();
        await Patience.UntilAsync(async _ => (await client.CallAsync("channels.status")).Text("payload/channelAccounts/whatsapp/0/connected") == "true", "the account is connected");
        return gateway;
    }

    private static async Task<(HttpStatusCode Status, string Body)> VerifyAsync(GatewayProcess gateway, string token)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(gateway.HttpUrl, $"/channels/whatsapp/default?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}"), Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
