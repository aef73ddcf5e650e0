using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Files that were damaged while no gateway ran: a torn end is cut off, a damaged middle is never passed over.</summary>
[Trait("Requirement", "B4")]
public sealed class DamageTests
{
    private static readonly string[] Sessions = ["agent:main:a", "agent:main:b", "agent:main:c"];

    [Fact]
    public async Task A_damaged_list_of_sessions_stops_the_start_with_file_and_offset()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await ChatAsync(start);
        var file = IndexFile(start);
        var offset = FlipByteInMiddle(file);
        var damaged = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Equal(65, exitCode);
        Assert.Contains(file, errors, StringComparison.Ordinal);
        Assert.Contains($"byte {offset}:", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_list_of_sessions_that_is_gone_stops_the_start_as_long_as_there_are_transcripts()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await ChatAsync(start);
        File.Delete(IndexFile(start));

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Equal(65, exitCode);
        Assert.Contains("the list of sessions is gone", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_sessions_that_was_cut_between_two_records_stops_the_start_until_somebody_accepts_it()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("agent:main:a", "before", "before the reset");
            await client.ChatAsync("before", "final");
            await client.CallAsync("sessions.reset", new JsonObject { ["key"] = "agent:main:a" });
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        CutRecords(IndexFile(start), 1);
        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(start);
        File.Delete(Path.Combine(start.StateDirectory!, "sessions", "index.mark"));
        await using var accepted = await GatewayProcess.StartAsync(start);

        Assert.Equal(65, exitCode);
        Assert.Contains("the list of sessions was cut: 1 of its", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_are_older_than_their_transcripts_are_mended_after_the_start()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await ChatAsync(start);
        CutRecords(IndexFile(start), 1); // the last counters, which nobody waited for
        await using var gateway = await GatewayProcess.StartAsync(start);
        await Patience.UntilAsync(
            _ => Task.FromResult(Sessions.All(session => File.ReadLines(IndexFile(start)).Any(line =>
                line.Contains($"\"{session}\"", StringComparison.Ordinal) && line.Contains("\"messageCount\":4", StringComparison.Ordinal)))),
            "every row counts what its transcript holds");
    }

    [Fact]
    public async Task A_gateway_that_dies_in_the_middle_of_its_first_import_starts_again()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            var lines = new JsonArray(
                """{"type":"session","version":3,"id":"old","timestamp":"2026-01-01T00:00:00Z"}""",
                """{"type":"message","id":"1","message":{"role":"user","content":"from another gateway"}}""");
            var begun = await client.CallAsync("sessions.import", new JsonObject { ["key"] = "agent:main:old", ["lines"] = lines });
            Assert.Equal("1", begun.Text("payload/imported"));
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await again.AssertAliveAsync();
    }

    [Fact]
    public async Task A_damaged_inbox_stops_the_start_with_file_and_offset()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await ChatAsync(start);
        var file = InboxFile(start);
        var offset = FlipByteInMiddle(file);

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Equal(65, exitCode);
        Assert.Contains(file, errors, StringComparison.Ordinal);
        Assert.Contains($"byte {offset}:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_transcript_is_told_to_who_reads_it_and_hurts_no_other_session()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await ChatAsync(start);
        var file = await TranscriptAsync(start, "words for agent:main:b");
        FlipByteInMiddle(file);
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();

        var read = await client.CallAsync("chat.history", new JsonObject { ["sessionKey"] = "agent:main:b" });
        await client.SendChatAsync("agent:main:b", "late", "are you there?");
        var end = await client.ChatEndAsync("late");

        Assert.Equal("UNAVAILABLE", read.Text("error/code"));
        Assert.Contains("damaged", read.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal("error", end.Text("state"));
        Assert.Contains("damaged", end.Text("errorMessage"), StringComparison.Ordinal);
        Assert.Equal(4, (await client.HistoryAsync("agent:main:a")).Count);
        Assert.Equal(4, (await client.HistoryAsync("agent:main:c")).Count);
        await client.SendChatAsync("agent:main:c", "fine", "still fine");
        Assert.Equal("final", (await client.ChatEndAsync("fine")).Text("state"));
    }

    [Theory]
    [InlineData("index")]
    [InlineData("inbox")]
    [InlineData("transcript")]
    public async Task A_torn_end_is_cut_off_and_everything_before_it_is_kept(string which)
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await ChatAsync(start);
        var file = which switch
        {
            "index" => IndexFile(start),
            "inbox" => InboxFile(start),
            _ => await TranscriptAsync(start, "words for agent:main:c"),
        };
        var complete = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file, complete[..^7], TestContext.Current.CancellationToken);

        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();

        foreach (var session in Sessions)
        {
            var expected = which == "transcript" && session == "agent:main:c" ? 3 : 4;
            var history = await client.HistoryAsync(session);
            Assert.Equal(expected, history.Count);
            Assert.Equal(history.Count, history.Select(entry => entry.Text("id")).Distinct().Count());
            Assert.Equal("ok", await client.SendChatAsync(session, $"{session}-1", $"words for {session}"));
        }

        await client.SendChatAsync("agent:main:c", "after", "written after the tear");
        Assert.Equal("final", (await client.ChatEndAsync("after")).Text("state"));
        Assert.Equal("written after the tear", (await client.HistoryAsync("agent:main:c"))[^1].Text("content/0/text"));
    }

    [Fact]
    public async Task A_tail_of_rubbish_is_cut_off_and_reported_with_its_file()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await ChatAsync(start);
        var file = InboxFile(start);
        await File.AppendAllBytesAsync(file, [0, 0, 0, 0, 0, 0, 0, 0], TestContext.Current.CancellationToken);

        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();

        foreach (var session in Sessions)
        {
            Assert.Equal(4, (await client.HistoryAsync(session)).Count);
        }

        Assert.Contains(Path.GetFileName(file), gateway.Output.Text, StringComparison.Ordinal);
    }

    /// <summary>Two messages in each of three sessions, and an orderly end.</summary>
    private static async Task ChatAsync(GatewayStart start)
    {
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();
        foreach (var number in (int[])[1, 2])
        {
            foreach (var session in Sessions)
            {
                await client.SendChatAsync(session, $"{session}-{number}", $"words for {session}");
                await client.ChatAsync($"{session}-{number}", "final");
            }
        }

        Assert.Equal(0, await gateway.TerminateAsync());
    }

    private static string IndexFile(GatewayStart start) => Path.Combine(start.StateDirectory!, "sessions", "index.000001.jsonl");

    private static string InboxFile(GatewayStart start) => Path.Combine(start.StateDirectory!, "inbox", "inbox.000001.jsonl");

    private static async Task<string> TranscriptAsync(GatewayStart start, string text)
    {
        var folder = Path.Combine(start.StateDirectory!, "sessions", "transcripts");
        foreach (var file in Directory.GetFiles(folder, "*.jsonl", SearchOption.AllDirectories))
        {
            if ((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Contains(text, StringComparison.Ordinal))
            {
                return file;
            }
        }

        throw new InvalidOperationException("no transcript has the text");
    }

    /// <summary>Takes whole records off the end of a file.</summary>
    private static void CutRecords(string file, int count) => File.WriteAllLines(file, File.ReadAllLines(file)[..^count]);

    /// <summary>Changes one byte inside the second record, which has valid ones after it.</summary>
    /// <returns>Where that record begins.</returns>
    private static int FlipByteInMiddle(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var second = Array.IndexOf(bytes, (byte)'\n') + 1;
        Assert.InRange(Array.IndexOf(bytes, (byte)'\n', second), second, bytes.Length - 2);
        bytes[second + 40] ^= 1;
        File.WriteAllBytes(file, bytes);
        return second;
    }
}
