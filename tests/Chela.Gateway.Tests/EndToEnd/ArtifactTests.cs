using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Sessions.Attachments;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Files that came with messages are given back, at the real executable.</summary>
[Trait("Requirement", "B4")]
public sealed class ArtifactTests : IAsyncLifetime
{
    private static readonly byte[] Notes = "buy milk"u8.ToArray();
    private static readonly string NotesId = BlobFolder.HashOf(Notes);

    private readonly TempFolder _folder = new();
    private GatewayProcess _gateway = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync() => await StartAsync([]);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_files_of_a_session_are_listed_in_their_order_and_each_content_once()
    {
        await SendAsync("main", "r1", ("notes.txt", Notes), ("photo.png", SampleFiles.Png));
        await SendAsync("main", "r2", ("again.txt", Notes));
        await SendAsync("other", "r3", ("other.txt", "else"u8.ToArray()));

        var all = await ListAsync();
        var pictures = await ListAsync(("type", "image"));
        var newest = await ListAsync(("limit", 1));
        var first = await ListAsync(("runId", "r1"));
        var said = await ListAsync(("messageRole", "assistant"));

        Assert.Equal(["photo.png", "again.txt"], Titles(all));
        Assert.Equal(
            $$"""{"id":"{{NotesId}}","type":"file","title":"again.txt","mimeType":"text/plain","sizeBytes":8,"sessionKey":"agent:main:main","messageSeq":3,"download":{"mode":"bytes"},"runId":"r2"}""",
            all[1].GetRawText());
        Assert.Equal(["photo.png"], Titles(pictures));
        Assert.Equal(["again.txt"], Titles(newest));
        Assert.Equal(["notes.txt", "photo.png"], Titles(first));
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_file_is_given_back_as_it_came_also_after_a_restart_and_only_from_its_session()
    {
        await SendAsync("main", "r1", ("photo.png", SampleFiles.Png));
        await StopAsync();
        await StartAsync([]);

        var id = (await _client.HistoryAsync("main"))[0].Text("content/1/artifactId");
        var got = await CallAsync("artifacts.get", "main", id);
        var file = await CallAsync("artifacts.download", "main", id);
        var elsewhere = await CallAsync("artifacts.download", "other", id);
        var unknown = await CallAsync("artifacts.download", "main", "nothing");

        Assert.Equal("photo.png", got.Text("payload/artifact/title"));
        Assert.Equal(("base64", Convert.ToBase64String(SampleFiles.Png)), (file.Text("payload/encoding"), file.Text("payload/data")));
        Assert.Equal($"artifact not found: {id}; artifacts.list names those of the session agent:main:other", elsewhere.Text("error/message"));
        Assert.Equal("artifact not found: nothing; artifacts.list names those of the session agent:main:main", unknown.Text("error/message"));
    }

    [Fact]
    public async Task A_damaged_file_and_one_longer_than_an_answer_are_refused_with_the_reason()
    {
        await SendAsync("main", "r1", ("notes.txt", Notes), ("zeros.bin", new byte[70_000]));
        await StopAsync();
        await File.WriteAllTextAsync(PathOf(NotesId), "buy mili", TestContext.Current.CancellationToken);
        await StartAsync([("CHELA_GATEWAY__LIMITS__MAXBUFFEREDBYTES", "131072")]);

        var damaged = await CallAsync("artifacts.download", "main", NotesId);
        var large = await CallAsync("artifacts.download", "main", BlobFolder.HashOf(new byte[70_000]));

        Assert.Equal(("UNAVAILABLE", "notes.txt is missing or damaged on the disk of the gateway; send it again to mend it"), (damaged.Text("error/code"), damaged.Text("error/message")));
        Assert.Equal("zeros.bin has 70000 bytes; an answer takes 49152 (gateway.limits.maxBufferedBytes)", large.Text("error/message"));
    }

    [Fact]
    [Trait("Requirement", "W4")]
    public async Task Files_of_the_session_dialect_are_given_back_too()
    {
        await using var client = await WireClient.OpenAsync(_gateway.Url + "/session");
        await client.SendAsync($$$"""{"Connect":{"session_id":"main","auth":"{{{_gateway.Token}}}"}}""");
        await client.ReceiveAsync();

        await client.SendAsync($$$"""{"Chat":{"content":"","session_id":"main","attachments":[{"file_name":"notes.txt","content":"{{{Convert.ToBase64String(Notes)}}}"}]}}""");
        await client.ReceiveAsync(frame => frame.TryGetProperty("AgentComplete", out _));

        Assert.Equal(["notes.txt"], Titles(await ListAsync()));
    }

    [Fact]
    public async Task A_crash_while_files_are_swept_away_takes_none_that_is_needed()
    {
        await SendAsync("main", "r1", ("photo.png", SampleFiles.Png));
        await SendAsync("left", "r2", ("notes.txt", Notes), ("photo.png", SampleFiles.Png));
        await StopAsync();
        File.SetLastWriteTimeUtc(PathOf(NotesId), DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(PathOf(BlobFolder.HashOf(SampleFiles.Png)), DateTime.UtcNow.AddHours(-2));
        await StartAsync([("CHELA_CRASH_AT", $"{StorageSteps.BlobBeforeDelete}@1"), ("CHELA_SESSION__MAINTENANCE__MODE", "warn")]);
        await _client.CallAsync("sessions.delete", new JsonObject { ["key"] = "left" });
        await _client.SendAsync(OpenClawWire.Request("sweep", "sessions.cleanup", new JsonObject { ["enforce"] = true }));
        await _gateway.EndAsync();
        await StopAsync();
        await StartAsync([]);

        var there = File.Exists(PathOf(NotesId));
        await _client.CallAsync("sessions.cleanup", new JsonObject { ["enforce"] = true });
        var kept = await CallAsync("artifacts.download", "main", BlobFolder.HashOf(SampleFiles.Png));

        Assert.True(there);
        Assert.False(File.Exists(PathOf(NotesId)));
        Assert.Equal(Convert.ToBase64String(SampleFiles.Png), kept.Text("payload/data"));
    }

    private static IEnumerable<string?> Titles(IEnumerable<JsonElement> artifacts) => artifacts.Select(one => one.Text("title"));

    private async Task SendAsync(string session, string run, params (string Name, byte[] Content)[] files)
    {
        var parameters = OpenClawWire.ChatParams(session, run, "look");
        parameters["attachments"] = new JsonArray([.. files.Select(file => SampleFiles.ToSend(file.Content, file.Name))]);
        await _client.CallAsync("chat.send", parameters);
        await _client.ChatEndAsync(run);
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(params (string Name, JsonNode Value)[] filters)
    {
        var parameters = new JsonObject { ["sessionKey"] = "main" };
        foreach (var (name, value) in filters)
        {
            parameters[name] = value;
        }

        return (await _client.CallAsync("artifacts.list", parameters)).List("payload/artifacts");
    }

    private Task<JsonElement> CallAsync(string method, string session, string? id) =>
        _client.CallAsync(method, new JsonObject { ["sessionKey"] = session, ["artifactId"] = id });

    private string PathOf(string hash) => Path.Combine(_gateway.StateDirectory, "attachments", hash[..2], hash);

    private async Task StartAsync((string, string)[] environment)
    {
        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path) { Environment = environment });
        _client = await _gateway.OpenOpenClawAsync();
    }

    private async Task StopAsync()
    {
        await _client.DisposeAsync();
        await _gateway.DisposeAsync();
    }
}
