using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Export;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions.Export;

[Trait("Requirement", "B4")]
[Trait("Requirement", "W9")]
public sealed class ExportTests : GatewayPartsTest
{
    private const string Head = """{"type":"session","version":3,"id":"x","timestamp":"2026-01-02T03:04:05.000Z","cwd":"/home"}""";


    [Fact]
    public async Task What_was_exported_and_imported_is_the_same_to_the_byte()
    {
        var session = await Parts.SayAsync(
            "from",
            SessionCalls.User("Grüße, \"日本\" 🙂\nline\t\u0001", "1"),
            SessionCalls.Assistant("", "1") with { StopReason = StopReasons.Error, Error = "No.", Model = "openai/meta/llama" },
            SessionCalls.User("", "2"),
            SessionCalls.Assistant(new string('ä', 5000), "2") with { Usage = new TokenUsage(1, 2, 3) });
        var lines = await ExportAsync("from", maxBytes: 200);

        Clock.Advance(TimeSpan.FromDays(3));
        var (imported, _) = await ImportAsync("to", lines);
        var copy = Parts.Get<SessionTable>().Find(SessionKey.Of("main", "to"))!;

        Assert.Equal(4, imported.GetProperty("imported").GetInt64());
        Assert.Equal(BytesOf(session), BytesOf(copy));
        Assert.Equal(lines[0].Replace(session.SessionId, copy.SessionId, StringComparison.Ordinal), (await ExportAsync("to"))[0]);
        Assert.Equal(lines[1..], (await ExportAsync("to"))[1..]);
        Assert.Equal((session.CreatedAtMs, 4), (copy.CreatedAtMs, copy.MessageCount));
    }

    [Fact]
    public async Task Files_go_with_the_session_and_are_checked_on_the_way()
    {
        var content = new byte[(FileLines.PieceBytes * 2) + 5];
        new Random(1).NextBytes(content);
        var large = new Attachment(BlobFolder.HashOf(content), "application/octet-stream", "large.bin", content.Length);
        var lost = new Attachment(BlobFolder.HashOf("lost"u8), "text/plain", "lost.txt", 4);
        await Parts.Get<BlobFolder>().TryAddAsync(content, long.MaxValue);
        var session = await Parts.SayAsync(
            "from", SessionCalls.User("one", "1") with { Attachments = [large, lost] }, SessionCalls.User("two", "2") with { Attachments = [large] });
        var lines = await ExportAsync("from", maxBytes: 200);
        Directory.Delete(Path.Combine(Folder.Path, "attachments"), recursive: true);

        var (imported, _) = await ImportAsync("to", lines);
        var copy = Parts.Get<SessionTable>().Find(SessionKey.Of("main", "to"))!;

        Assert.Equal(["session", "attachment", "attachment", "attachment", "attachment", "message", "message"], lines.Select(line => JsonElement.Parse(line).Text("type")));
        Assert.Equal((2L, 1L), (imported.GetProperty("imported").GetInt64(), imported.GetProperty("skipped").GetInt64()));
        Assert.Equal(BytesOf(session), BytesOf(copy));
        Assert.Equal(content, await Parts.Get<BlobFolder>().ReadAsync(large.Sha256, large.Bytes, Ct));
        Assert.Equal(lines[1..], (await ExportAsync("to"))[1..]);
    }

    [Theory]
    [InlineData("""{"type":"attachment","id":"HASH","bytes":5,"offset":0,"data":"aGVsbA=="}""", true)] // unfinished, but nothing is wrong yet
    [InlineData("""{"type":"attachment","id":"HASH","bytes":5,"offset":0,"data":"aGVscA=="}""", true)]
    [InlineData("""{"type":"attachment","id":"HASH","bytes":5,"offset":0,"data":"aGVsbHA="}""", false)] // another content
    [InlineData("""{"type":"attachment","id":"HASH","bytes":5,"offset":1,"data":"ZWxsbw=="}""", false)]
    [InlineData("""{"type":"attachment","id":"HASH","bytes":4,"offset":0,"data":"aGVsbG8="}""", false)]
    [InlineData("""{"type":"attachment","id":"HASH","bytes":99999999999,"offset":0,"data":"aGVsbG8="}""", false)]
    [InlineData("""{"type":"attachment","id":"HASH","bytes":5,"offset":0,"data":"%"}""", false)]
    [InlineData("""{"type":"attachment","id":"../../../../etc/passwd","bytes":5,"offset":0,"data":"aGVsbG8="}""", false)]
    [InlineData("""{"type":"attachment","bytes":5}""", false)]
    [InlineData("""{"type":"message","id":"a","message":{"role":"user","content":"x"},"entry":{"id":"a","role":"user","text":"","timestampMs":1,"runId":"a","attachments":[{"sha256":"../x","mimeType":"text/plain","fileName":"a","bytes":1}]}}""", false)]
    public async Task A_file_that_is_not_what_its_hash_says_is_not_taken(string line, bool isTaken)
    {
        var (_, error) = await ImportAsync("to", [Head, line.Replace("HASH", BlobFolder.HashOf("hello"u8), StringComparison.Ordinal)]);

        Assert.Equal(isTaken, error is null);
        Assert.False(Directory.Exists(Path.Combine(Folder.Path, "attachments")));
        Assert.Equal(isTaken, Parts.Get<SessionTable>().Find(SessionKey.Of("main", "to")) is not null);
    }

    [Fact]
    public async Task An_imported_session_is_there_after_a_restart()
    {
        await ImportAsync("to", [Head, """{"type":"message","id":"a","message":{"role":"user","content":"Hello\nworld"}}"""]);

        await RestartAsync();

        var copy = Parts.Get<SessionTable>().Find(SessionKey.Of("main", "to"))!;
        Assert.Equal(("Hello", "Hello", 1), (copy.Title, copy.Preview, copy.MessageCount));
        Assert.Equal(2, (await ExportAsync("to")).Count);
    }

    [Fact]
    public async Task Files_of_other_programs_are_read_as_far_as_they_are_conversation()
    {
        var (imported, _) = await ImportAsync("to", [
            Head,
            """{"type":"model_change","id":"m","provider":"x"}""",
            """{"type":"message","id":"a","parentId":null,"timestamp":"2026-01-02T03:04:05.006Z","message":{"role":"user","content":[{"type":"text","text":"one"},{"type":"image"},{"type":"text","text":"two"}]}}""",
            """{"type":"message","id":"t","message":{"role":"toolResult","content":[]}}""",
            """{"type":"message","id":"b","message":{"role":"assistant","content":"three","timestamp":7,"provider":"p","model":"m/n","stopReason":"stop","usage":{"input":1}}}"""]);

        using var transcript = Parts.Get<Transcripts>().Open(imported.GetProperty("sessionId").GetString()!);
        Assert.Equal((2L, 2L), (imported.GetProperty("imported").GetInt64(), imported.GetProperty("skipped").GetInt64()));
        Assert.Equal(
            [
                new TranscriptEntry("a", "user", "one\ntwo", 1767323045006, "a"),
                new TranscriptEntry("b", "assistant", "three", 7, "a") { StopReason = "stop", Model = "p/m/n" },
            ],
            await transcript.ReadTailAsync(10, 10_000, Ct));
    }

    [Fact]
    public async Task Nobody_sees_an_import_before_its_last_line_and_nothing_stays_of_one_that_fails()
    {
        var (begun, _) = await AddAsync("to", null, done: false, Head, """{"type":"message","id":"a","message":{"role":"user","content":"x"}}""");
        var staged = Parts.Get<SessionTable>().Count;
        var (_, failed) = await AddAsync("to", begun.GetProperty("importId").GetString(), done: true, "no JSON");
        var (_, gone) = await AddAsync("to", begun.GetProperty("importId").GetString(), done: true);
        var (_, headless) = await AddAsync("to", null, done: true, """{"type":"message"}""");

        Assert.Equal((0, 0), (staged, Parts.Get<SessionTable>().Count));
        Assert.StartsWith("line 3 is not of an exported session: ", failed?.Message, StringComparison.Ordinal);
        Assert.Equal("no such import is under way; begin again with the first line", gone?.Message);
        Assert.Equal("line 1 is not of an exported session: the first line has the type session", headless?.Message);
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_step_that_nobody_could_read_is_not_taken_in(string arguments)
    {
        var step = new TranscriptEntry("run:step2", TranscriptEntry.Step, "", 1, "run") { Uses = [new StoredToolUse("c0", "look", arguments, "seen")] };
        var good = step with { Uses = [step.Uses[0] with { Arguments = "{}" }] };

        var (_, refused) = await AddAsync("to", null, done: true, Head, ExportFormat.LineOf(step, null));
        var (taken, none) = await AddAsync("to", null, done: true, Head, ExportFormat.LineOf(good, null));

        Assert.Equal("line 2 is not of an exported session: the arguments of a tool's call are no JSON object", refused?.Message);
        Assert.Null(none);
        Assert.Equal("1", taken.Text("imported"));
    }

    [Fact]
    public async Task A_session_is_not_replaced_by_an_import_not_even_by_one_that_began_before_it()
    {
        var (begun, _) = await AddAsync("to", null, done: false, Head);
        await Parts.SayAsync("to", SessionCalls.User("mine"));

        var (_, late) = await AddAsync("to", begun.GetProperty("importId").GetString(), done: true);
        var (_, early) = await AddAsync("to", null, done: true, Head);

        Assert.Equal((RpcErrorKind.Conflict, RpcErrorKind.Conflict), (late?.Kind, early?.Kind));
        Assert.Equal(2, (await ExportAsync("to")).Count);
    }

    [Fact]
    public async Task Imports_are_bounded_and_those_that_nobody_goes_on_with_make_room()
    {
        for (var n = 0; n < SessionImports.MaxAtOnce; n++)
        {
            await AddAsync($"to{n}", null, done: false, Head, """{"type":"message","id":"a","message":{"role":"user","content":"x"}}""");
        }

        var (_, refused) = await AddAsync("more", null, done: true, Head);
        Clock.Advance(SessionImports.Patience + TimeSpan.FromSeconds(1));
        var (_, later) = await AddAsync("more", null, done: true, Head);

        Assert.Equal(RpcErrorKind.TooMany, refused?.Kind);
        Assert.Null(later);
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("x", RpcErrorKind.InvalidParams)]
    [InlineData("00000000-0000-0000-0000-000000000000/1", RpcErrorKind.Conflict)]
    public async Task A_cursor_of_another_transcript_is_refused(string cursor, RpcErrorKind kind)
    {
        await Parts.SayAsync("from", SessionCalls.User("x"));

        var (_, error) = await Parts.CallAsync("sessions.export", new JsonObject { ["key"] = "from", ["cursor"] = cursor });

        Assert.Equal(kind, error?.Kind);
    }

    [Fact]
    public async Task Both_are_for_administrators()
    {
        var (_, export) = await Parts.CallAsync("sessions.export", new JsonObject { ["key"] = "x" }, OperatorScopes.Write);
        var (_, import) = await Parts.CallAsync("sessions.import", new JsonObject { ["key"] = "x", ["lines"] = new JsonArray() }, OperatorScopes.Write);

        Assert.Equal((RpcErrorKind.Forbidden, RpcErrorKind.Forbidden), (export?.Kind, import?.Kind));
    }

    private async Task<List<string>> ExportAsync(string key, int? maxBytes = null)
    {
        var lines = new List<string>();
        JsonElement page = default;
        do
        {
            var cursor = page.ValueKind == JsonValueKind.Object ? page.GetProperty("nextCursor").GetString() : null;
            var parameters = new SessionsExportParams(key) { Cursor = cursor, MaxBytes = maxBytes };
            (page, _) = await Parts.CallAsync("sessions.export", Json(JsonSerializer.SerializeToNode(parameters, ExportJson.Default.SessionsExportParams)));
            lines.AddRange(page.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!));
        }
        while (page.TryGetProperty("nextCursor", out _));

        return lines;
    }

    private async Task<(JsonElement Result, RpcError? Error)> ImportAsync(string key, IReadOnlyList<string> lines)
    {
        string? id = null;
        foreach (var line in lines.SkipLast(1))
        {
            var (begun, _) = await AddAsync(key, id, done: false, line);
            id = begun.GetProperty("importId").GetString();
        }

        return await AddAsync(key, id, done: true, lines[^1]);
    }

    private Task<(JsonElement Result, RpcError? Error)> AddAsync(string key, string? id, bool done, params string[] lines) =>
        Parts.CallAsync("sessions.import", Json(JsonSerializer.SerializeToNode(
            new SessionsImportParams(key, lines) { ImportId = id, Done = done }, ExportJson.Default.SessionsImportParams)));

    private static JsonObject Json(JsonNode? node) => node!.AsObject();

    private byte[] BytesOf(SessionEntry session) => File.ReadAllBytes(Assert.Single(Files(), file => file.Contains(session.SessionId, StringComparison.Ordinal)));

    private string[] Files() => Directory.Exists(Path.Combine(Folder.Path, "sessions", "transcripts"))
        ? Directory.GetFiles(Path.Combine(Folder.Path, "sessions", "transcripts"), "*", SearchOption.AllDirectories)
        : [];
}
