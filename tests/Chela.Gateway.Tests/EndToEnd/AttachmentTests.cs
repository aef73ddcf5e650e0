using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Sessions.Attachments;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Messages with files, at the real executable.</summary>
[Trait("Requirement", "B2")]
public sealed class AttachmentTests : IAsyncLifetime
{
    private static readonly byte[] Notes = "buy milk"u8.ToArray();

    private readonly TempFolder _folder = new();
    private GatewayProcess _gateway = null!;
    private WireClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync(new GatewayStart(_folder.Path));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    [Fact]
    [Trait("Requirement", "W5")]
    public async Task A_message_with_files_is_acknowledged_run_and_told_in_the_history_without_their_content()
    {
        await SendAsync("run", "look", SampleFiles.ToSend(SampleFiles.Png, "photo.png", "image/png"), SampleFiles.ToSend(Notes, "notes.txt"));
        await _client.ChatEndAsync("run");

        var question = (await _client.HistoryAsync("main"))[0];

        Assert.Equal(
            $$"""
            [{"type":"text","text":"look"},
            {"type":"image","text":null,"mimeType":"image/png","fileName":"photo.png","bytes":70,"artifactId":"{{BlobFolder.HashOf(SampleFiles.Png)}}","omitted":true},
            {"type":"file","text":null,"mimeType":"text/plain","fileName":"notes.txt","bytes":8,"artifactId":"{{BlobFolder.HashOf(Notes)}}","omitted":true}]
            """.ReplaceLineEndings("").Replace("\"text\":null,", "", StringComparison.Ordinal),
            question.GetProperty("content").GetRawText());
        Assert.Equal(SampleFiles.Png, await File.ReadAllBytesAsync(PathOf(SampleFiles.Png), Ct));
    }

    [Fact]
    public async Task Files_need_no_words_and_a_word_with_files_is_no_command()
    {
        await SendAsync("silent", "", SampleFiles.ToSend(SampleFiles.Png, "photo.png"));
        var silent = await _client.ChatEndAsync("silent");
        await SendAsync("command", "/new", SampleFiles.ToSend(Notes, "notes.txt"));
        var command = await _client.ChatEndAsync("command");
        var row = (await _client.CallAsync("sessions.list", new JsonObject { ["includeDerivedTitles"] = true })).List("payload/sessions")[0];

        Assert.Equal("[picture photo.png, image/png, 70 bytes: the model echo is shown no pictures]", silent.Text("message/content/0/text")!.Trim());
        Assert.Equal("/new\n[file notes.txt, text/plain, 8 bytes: its content:]\nbuy milk\n[end of notes.txt]", command.Text("message/content/0/text")!.Trim());
        Assert.Equal("photo.png", row.Text("derivedTitle"));
        Assert.Equal(4, (await _client.HistoryAsync("main")).Count);
    }

    [Fact]
    public async Task The_same_key_with_other_files_is_another_message()
    {
        var first = await SendAsync("run", "look", SampleFiles.ToSend(Notes, "a.txt"));
        await _client.ChatEndAsync("run");
        await RestartAsync();

        var again = await SendAsync("run", "look", SampleFiles.ToSend(Notes, "a.txt"));
        var other = await SendAsync("run", "look", SampleFiles.ToSend(SampleFiles.Png, "a.txt"));
        var without = await SendAsync("run", "look");

        Assert.Equal(("started", "ok"), (first.Text("payload/status"), again.Text("payload/status")));
        Assert.Equal("another message was already sent with the idempotency key run", other.Text("error/message"));
        Assert.Equal("another message was already sent with the idempotency key run", without.Text("error/message"));
    }

    [Fact]
    [Trait("Requirement", "A5")]
    public async Task What_is_wrong_with_files_is_said_and_nothing_is_kept()
    {
        var nothing = await SendAsync("r1", "");
        var many = await SendAsync("r2", "", [.. Enumerable.Range(0, 10_000).Select(_ => new JsonObject { ["content"] = "aGk=" })]);
        var badSecond = await SendAsync("r3", "", SampleFiles.ToSend(Notes, "a.txt"), new JsonObject { ["content"] = "%" });
        var large = await SendAsync("r4", "", SampleFiles.ToSend(new byte[700_000], "zeros.bin"));

        Assert.Equal("message or attachment required", nothing.Text("error/message"));
        Assert.Equal("invalid chat.send params: at /attachments: must NOT have more than 20 items", many.Text("error/message"));
        Assert.Equal(("INVALID_REQUEST", "attachment attachment-2: invalid base64 content"), (badSecond.Text("error/code"), badSecond.Text("error/message")));
        Assert.Equal("attachment zeros.bin: exceeds size limit (700000 > 589824 bytes)", large.Text("error/message"));
        Assert.Empty(await _client.HistoryAsync("main"));
        Assert.False(Directory.Exists(Path.Combine(_gateway.StateDirectory, "attachments")));
    }

    [Fact]
    public async Task A_client_is_told_how_long_files_may_be()
    {
        await using var silent = await _gateway.OpenSilentOpenClawAsync();
        await silent.SendAsync(OpenClawWire.Request("connect", "connect", OpenClawWire.ConnectParams(_gateway.Token)));

        Assert.Equal("""{"maxBytes":589824,"maxImageBytes":589824}""", (await silent.ReceiveAsync()).GetProperty("payload").GetProperty("policy").GetProperty("attachments").GetRawText());
    }

    [Fact]
    [Trait("Requirement", "W2")]
    public async Task JsonRpc_clients_and_agents_take_files_too()
    {
        await using var client = await _gateway.OpenJsonRpcAsync();
        JsonArray Files() => [new JsonObject { ["file_name"] = "notes.txt", ["mime_type"] = "text/plain", ["content"] = Convert.ToBase64String(Notes) }];

        var said = await client.CallRpcAsync("chat.send", new JsonObject { ["text"] = "", ["attachments"] = Files() });
        var ran = await client.CallRpcAsync("agent.run", new JsonObject { ["message"] = "read", ["attachments"] = new JsonArray(SampleFiles.ToSend(Notes, "notes.txt")) });
        var history = await client.CallRpcAsync("chat.history", []);
        await _client.SendAsync(OpenClawWire.Request("agent", "agent", new JsonObject
        {
            ["message"] = "read",
            ["idempotencyKey"] = "a1",
            ["attachments"] = new JsonArray(SampleFiles.ToSend(Notes, "more.txt")),
        }));
        var agent = await _client.ReceiveAsync(frame => frame.Text("id") == "agent" && frame.Text("payload/status") == "ok");

        Assert.Contains("buy milk", said.Text("result/text"), StringComparison.Ordinal);
        Assert.Contains("buy milk", ran.Text("result/reply"), StringComparison.Ordinal);
        Assert.Equal("""[{"file_name":"notes.txt","mime_type":"text/plain","bytes":8}]""", history.List("result/messages")[0].GetProperty("attachments").GetRawText());
        Assert.Contains("more.txt", agent.Text("payload/result/payloads/0/text"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_damaged_file_is_told_and_never_given_out()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        await RestartAsync(("OPENAI_API_KEY", "sk-0123456789"), ("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/gpt-4o"));
        await SendAsync("run", "look", SampleFiles.ToSend(Notes, "notes.txt"));
        await _client.ChatEndAsync("run");
        await File.WriteAllTextAsync(PathOf(Notes), "buy mili", Ct);

        await _client.SendChatAsync("main", "again", "and?");
        await _client.ChatEndAsync("again");

        Assert.Equal(
            "user: look\n[file notes.txt, text/plain, 8 bytes: it is missing or damaged on the disk of the gateway, and cannot be shown to you]",
            fake.Requests[1].Messages[0].Trim());
    }

    [Theory]
    [Trait("Requirement", "B4")]
    [InlineData(StorageSteps.BlobBeforeWrite)]
    [InlineData(StorageSteps.BlobBeforeRename)]
    [InlineData(StorageSteps.BlobAfterRename)]
    [InlineData(StorageSteps.BlobAfterFsync)]
    [InlineData(StorageSteps.JournalAfterFsync)]
    public async Task Wherever_the_process_dies_a_message_sent_again_is_there_once_with_its_files(string step)
    {
        await StopAsync();
        await using (var dying = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path) { Environment = [("CHELA_CRASH_AT", $"{step}@2")] }))
        {
            await using var client = await dying.OpenOpenClawAsync();
            await client.SendAsync(Request("run", "", SampleFiles.ToSend(Notes, "notes.txt"), SampleFiles.ToSend(SampleFiles.Png, "photo.png")));
            await dying.EndAsync();
        }

        await StartAsync(new GatewayStart(_folder.Path) { Environment = [("CHELA_AGENTS__DEFAULTS__INTERRUPTED", "continue")] });
        Assert.NotNull((await SendAsync("run", "", SampleFiles.ToSend(Notes, "notes.txt"), SampleFiles.ToSend(SampleFiles.Png, "photo.png"))).Text("payload/status"));
        await Patience.UntilAsync(async _ => (await _client.HistoryAsync("main")).Count == 2, "it was answered");

        var history = await _client.HistoryAsync("main");
        Assert.Equal(["notes.txt", "photo.png"], history[0].List("content").Select(block => block.Text("fileName")));
        Assert.Contains("buy milk", history[1].Text("content/0/text"), StringComparison.Ordinal);
        Assert.Equal(Notes, await File.ReadAllBytesAsync(PathOf(Notes), Ct));
        Assert.Equal(SampleFiles.Png, await File.ReadAllBytesAsync(PathOf(SampleFiles.Png), Ct));
    }

    [Fact]
    [Trait("Requirement", "G5")]
    public async Task Models_that_see_are_shown_pictures_and_the_others_read_that_there_was_one()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        await RestartAsync(("OPENAI_API_KEY", "sk-0123456789"), ("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/gpt-4o"));

        await SendAsync("see", "look", SampleFiles.ToSend(SampleFiles.Png, "photo.png"), SampleFiles.ToSend(Notes, "notes.txt"));
        await _client.ChatEndAsync("see");
        await _client.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["model"] = "openai/blind" });
        await _client.SendChatAsync("main", "blind", "and now?");
        await _client.ChatEndAsync("blind");

        var shown = fake.Requests[0].Body.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal(["text", "image_url", "text"], shown.EnumerateArray().Select(part => part.Text("type")));
        Assert.Equal("data:image/png;base64," + Convert.ToBase64String(SampleFiles.Png), shown[1].Text("image_url/url"));
        Assert.Contains("buy milk", shown[2].Text("text"), StringComparison.Ordinal);
        Assert.Equal(
            "user: look\n[picture photo.png, image/png, 70 bytes: the model blind is shown no pictures]\n\n[file notes.txt, text/plain, 8 bytes: its content:]\nbuy milk\n[end of notes.txt]",
            fake.Requests[1].Messages[0].Trim());
    }

    private static string Request(string run, string text, params JsonNode[] files) => OpenClawWire.Request(run, "chat.send", ParamsOf(run, text, files));

    private static JsonObject ParamsOf(string run, string text, JsonNode[] files)
    {
        var parameters = OpenClawWire.ChatParams("main", run, text);
        parameters["attachments"] = new JsonArray(files);
        return parameters;
    }

    private Task<JsonElement> SendAsync(string run, string text, params JsonNode[] files) => _client.CallAsync("chat.send", ParamsOf(run, text, files));

    private string PathOf(ReadOnlySpan<byte> content)
    {
        var hash = BlobFolder.HashOf(content);
        return Path.Combine(_gateway.StateDirectory, "attachments", hash[..2], hash);
    }

    private async Task StartAsync(GatewayStart start)
    {
        _gateway = await GatewayProcess.StartAsync(start);
        _client = await _gateway.OpenOpenClawAsync();
    }

    private async Task StopAsync()
    {
        await _client.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    private async Task RestartAsync(params (string, string)[] environment)
    {
        await StopAsync();
        await StartAsync(new GatewayStart(_folder.Path) { Environment = environment });
    }
}
