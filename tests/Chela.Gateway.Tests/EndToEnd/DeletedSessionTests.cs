using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Sessions that were deleted stay so, whatever becomes of the process.</summary>
[Trait("Requirement", "B4")]
[Trait("Requirement", "W9")]
public sealed class DeletedSessionTests : IDisposable
{
    private static readonly string[] Sessions = ["agent:main:a", "agent:main:b", "agent:main:c"];

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_all_are_deleted_none_comes_back_after_an_end_in_order_or_not(bool isKilled)
    {
        await using (var gateway = await StartAsync())
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await FillAsync(client);
            foreach (var session in Sessions)
            {
                Assert.Equal("true", (await DeleteAsync(client, session)).Text("payload/deleted"));
            }

            if (isKilled)
            {
                gateway.Kill();
            }
            else
            {
                Assert.Equal(0, await gateway.TerminateAsync());
            }
        }

        await using var again = await StartAsync();
        await using var reader = await again.OpenOpenClawAsync();
        Assert.Empty(await ListedAsync(reader));
        Assert.Empty(Transcripts());
        foreach (var session in Sessions)
        {
            Assert.Empty(await reader.HistoryAsync(session));
        }

        await TalkAsync(reader, Sessions[0], "later");
        Assert.Equal(["user: later", "assistant (stop): later"], (await reader.HistoryAsync(Sessions[0])).Select(OpenClawWire.Line));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Killed_in_the_middle_those_deleted_stay_so_and_the_others_have_everything(int deletion)
    {
        await using (var gateway = await StartAsync())
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await FillAsync(client);
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        await using (var dying = await StartAsync(("CHELA_CRASH_AT", $"{StorageSteps.DeleteSegment}@{deletion}")))
        {
            await using var client = await dying.OpenOpenClawAsync();
            for (var number = 0; number < deletion; number++)
            {
                await client.SendAsync(OpenClawWire.Request($"delete-{number}", "sessions.delete", new JsonObject { ["key"] = Sessions[number] }));
            }

            await dying.EndAsync();
        }

        await using var again = await StartAsync();
        await using var reader = await again.OpenOpenClawAsync();
        Assert.Equal(Sessions[deletion..], (await ListedAsync(reader)).Order());
        foreach (var session in Sessions[..deletion])
        {
            Assert.Empty(await reader.HistoryAsync(session));
        }

        foreach (var session in Sessions[deletion..])
        {
            Assert.Equal(2, (await reader.HistoryAsync(session)).Count);
        }
    }

    [Fact]
    public async Task Who_may_only_write_deletes_archived_sessions_only()
    {
        await using var gateway = await StartAsync();
        await using var admin = await gateway.OpenOpenClawAsync();
        await FillAsync(admin);
        await using var writer = await gateway.OpenSilentOpenClawAsync();
        var connect = OpenClawWire.ConnectParams(gateway.Token);
        connect["scopes"] = new JsonArray("operator.read", "operator.write");
        await writer.SendAsync(OpenClawWire.Request("connect", "connect", connect));
        await writer.AnswerAsync("connect");

        var plain = await DeleteAsync(writer, Sessions[0]);
        var early = await DeleteAsync(writer, Sessions[0], archivedOnly: true);
        await writer.CallAsync("sessions.patch", new JsonObject { ["key"] = Sessions[0], ["archived"] = true });
        var archived = await DeleteAsync(writer, Sessions[0], archivedOnly: true);

        Assert.Contains("missing scope: operator.admin", plain.Text("error/message"), StringComparison.Ordinal);
        Assert.Contains("is not archived", early.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal("true", archived.Text("payload/deleted"));
        Assert.Equal(Sessions[1..], (await ListedAsync(admin)).Order());
    }

    public void Dispose() => _folder.Dispose();

    private Task<GatewayProcess> StartAsync(params (string Name, string Value)[] environment) =>
        GatewayProcess.StartAsync(new GatewayStart(_folder.Path) { Environment = environment });

    private static async Task FillAsync(WireClient client)
    {
        foreach (var session in Sessions)
        {
            await TalkAsync(client, session, $"words for {session}");
        }
    }

    private static async Task TalkAsync(WireClient client, string session, string text)
    {
        var runId = Guid.NewGuid().ToString();
        await client.SendChatAsync(session, runId, text);
        Assert.Equal("final", (await client.ChatEndAsync(runId)).Text("state"));
    }

    private static Task<JsonElement> DeleteAsync(WireClient client, string session, bool? archivedOnly = null)
    {
        var parameters = new JsonObject { ["key"] = session };
        if (archivedOnly is { } only)
        {
            parameters["archivedOnly"] = only;
        }

        return client.CallAsync("sessions.delete", parameters);
    }

    private static async Task<string[]> ListedAsync(WireClient client) =>
        [.. (await client.CallAsync("sessions.list", new JsonObject { ["archived"] = "all" })).List("payload/sessions").Select(row => row.Text("key")!)];

    private string[] Transcripts() =>
        [.. Directory.GetFiles(Path.Combine(_folder.Path, "state", "sessions", "transcripts"), "*", SearchOption.AllDirectories)];
}
