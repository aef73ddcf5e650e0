using Chela.Gateway.Logs;
using Chela.Gateway.Logs.Audit;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Telemetry.Audit;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Logs.Audit;

[Trait("Requirement", "O1")]
public sealed class AuditTrailTests : IAsyncDisposable
{
    private readonly StorageTrial _trial = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LoggerExternalScopeProvider _scopes = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _trial.DisposeAsync();

    [Fact]
    public async Task The_next_process_goes_on_where_the_last_one_ended()
    {
        var first = await OpenAsync();
        first.Note(new AuditEntry("tool.action.started"));
        await first.WriteAsync(new AuditEntry("sessions.delete"));

        var next = await OpenAsync();
        await next.WriteAsync(new AuditEntry("auth.rotate"));

        Assert.Equal([(3, "auth.rotate"), (2, "sessions.delete"), (1, "tool.action.started")], (await FindAsync(next)).Select(row => (row.Sequence, row.Action)));
    }

    [Fact]
    public async Task An_entry_says_whose_deed_it_was_and_no_secret()
    {
        var trail = await OpenAsync();

        using (_scopes.Push(new Work(new WorkFacts { Connection = "c1", User = "anna", Run = "r1" })))
        {
            await trail.WriteAsync(new AuditEntry("device.admitted") { Facts = new Dictionary<string, string> { ["deviceId"] = "the-known-secret" } });
        }

        var row = Assert.Single(await FindAsync(trail));
        Assert.Equal(("c1", "anna", "r1", "***", _time.NowMs), (row.Connection, row.User, row.Run, row.Facts!["deviceId"], row.AtMs));
    }

    [Fact]
    public async Task Who_is_refused_again_and_again_does_not_fill_the_disk()
    {
        var trail = await OpenAsync();
        for (var i = 0; i < AuditTrail.MaxRefusals + 40; i++)
        {
            trail.NoteRefusal(new AuditEntry("login.refused"));
        }

        await trail.WriteAsync(new AuditEntry("auth.rotate"));
        _time.Advance(TimeSpan.FromMinutes(1));
        trail.NoteRefusal(new AuditEntry("login.refused"));

        var rows = await FindAsync(trail);
        Assert.Equal(AuditTrail.MaxRefusals + 2, rows.Count);
        Assert.Equal((40, 0), (rows[0].LeftOut, rows[1].LeftOut));
    }

    [Fact]
    public async Task The_oldest_go_when_there_are_too_many()
    {
        var trail = await OpenAsync(partBytes: 1); // every entry a journal
        for (var i = 0; i < AuditFiles.MaxParts + 3; i++)
        {
            await trail.WriteAsync(new AuditEntry("sessions.reset"));
        }

        Assert.Equal(Enumerable.Range(4, AuditFiles.MaxParts).Reverse(), (await FindAsync(trail)).Select(row => (int)row.Sequence));
    }

    [Fact]
    public async Task A_damaged_journal_is_left_and_another_one_begun()
    {
        var first = await OpenAsync();
        await first.WriteAsync(new AuditEntry("sessions.reset"));
        await first.WriteAsync(new AuditEntry("sessions.reset"));
        var file = Assert.Single(Directory.GetFiles(_trial.Directory));
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Ct);

        var next = await OpenAsync();
        await next.WriteAsync(new AuditEntry("auth.rotate"));

        var page = await new AuditQuery(10).RunAsync(next.Read(Ct));
        Assert.Equal((true, "auth.rotate"), (page.IsDamaged, page.Rows[0].Action));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file, Ct));
    }

    [Fact]
    public async Task What_the_disk_refuses_stops_nobody()
    {
        await File.WriteAllTextAsync(_trial.Directory, "in the way", Ct);
        var trail = await OpenAsync();

        await trail.WriteAsync(new AuditEntry("auth.rotate"));
        trail.Note(new AuditEntry("auth.rotate"));
        File.Delete(_trial.Directory);
        await trail.WriteAsync(new AuditEntry("sessions.reset"));

        Assert.Equal("sessions.reset", (await FindAsync(trail))[0].Action);
    }

    [Fact]
    public async Task Entries_are_found_by_time_and_page_by_page()
    {
        var trail = await OpenAsync(partBytes: 400);
        for (var i = 0; i < 10; i++)
        {
            await trail.WriteAsync(new AuditEntry("sessions.reset"));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var start = _time.NowMs - 10_000;
        var page = await new AuditQuery(3) { AfterMs = start + 2_000, BeforeMs = start + 7_000 }.RunAsync(trail.Read(Ct));
        var next = await new AuditQuery(3) { AfterMs = start + 2_000, Cursor = page.Rows[2].Sequence }.RunAsync(trail.Read(Ct));

        Assert.Equal([8, 7, 6, 5], page.Rows.Select(row => (int)row.Sequence)); // one more, to know that there are more
        Assert.Equal([5, 4, 3], next.Rows.Select(row => (int)row.Sequence));
    }

    private async Task<AuditTrail> OpenAsync(long partBytes = 1024 * 1024)
    {
        var files = new AuditFiles(_trial.Directory, new Journals(_trial.Committer, _trial.Options, NullLogger<Journals>.Instance)) { PartBytes = partBytes };
        var trail = new AuditTrail(files, new LogSecrets(["the-known-secret"]), _scopes, _time, NullLogger<AuditTrail>.Instance);
        await trail.LoadAsync(Ct);
        return trail;
    }

    private static async Task<IReadOnlyList<AuditRow>> FindAsync(AuditTrail trail)
    {
        var page = await new AuditQuery(1_000).RunAsync(trail.Read(Ct));
        Assert.False(page.IsDamaged);
        return page.Rows;
    }

    private sealed record Work(WorkFacts Facts) : IWorkScope;
}
