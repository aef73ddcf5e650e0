using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions;

[Trait("Requirement", "B4")]
public sealed class SessionTableTests : IAsyncDisposable
{
    private readonly StorageTrial _trial = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_made_once_and_then_found()
    {
        var table = new SessionTable(_trial.OpenSessions(), _clock);

        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => table.GetOrCreateAsync(SessionKey.Main, Ct).AsTask(), Ct)));

        Assert.Single(made.Select(entry => entry.SessionId).Distinct());
        Assert.Equal(made[0], table.Find(SessionKey.Main));
        Assert.Equal((1, _clock.NowMs, _clock.NowMs), (table.Count, made[0].CreatedAtMs, made[0].UpdatedAtMs));
        Assert.Null(table.Find(SessionKey.Of("main", "other")));
    }

    [Fact]
    public async Task A_session_is_there_only_when_it_is_on_disk()
    {
        using var reached = new ManualResetEventSlim();
        using var proceed = new ManualResetEventSlim();
        var table = new SessionTable(_trial.OpenSessions(), _clock);
        _trial.AtStep = step =>
        {
            if (step == StorageSteps.JournalBeforeFsync)
            {
                reached.Set();
                proceed.Wait(Ct);
            }
        };

        var first = table.GetOrCreateAsync(SessionKey.Main, Ct).AsTask();
        reached.Wait(Ct);
        var second = table.GetOrCreateAsync(SessionKey.Main, Ct).AsTask();
        var isEarly = first.IsCompleted || second.IsCompleted;
        proceed.Set();

        Assert.Equal(await first, await second);
        Assert.False(isEarly);
    }

    [Fact]
    public async Task A_session_that_the_disk_refused_is_not_there()
    {
        var table = new SessionTable(_trial.OpenSessions(), _clock);
        _trial.AtStep = step => _ = step == StorageSteps.JournalBeforeWrite ? throw new IOException("the disk is full") : 0;

        await Assert.ThrowsAsync<JournalWriteException>(() => table.GetOrCreateAsync(SessionKey.Main, Ct).AsTask());
        var afterwards = table.Find(SessionKey.Main);
        _trial.AtStep = _ => { };
        var again = await table.GetOrCreateAsync(SessionKey.Main, Ct);

        Assert.Null(afterwards);
        Assert.Equal([again], (await LoadAsync()).All);
    }

    [Fact]
    public async Task A_change_moves_the_time_of_the_last_one_and_survives_a_restart()
    {
        var journal = _trial.Open();
        var table = new SessionTable(_trial.OpenSessions(journal), _clock);
        var made = await table.GetOrCreateAsync(SessionKey.Main, Ct);
        _clock.Advance(TimeSpan.FromMinutes(5));

        table.Update(SessionKey.Main, entry => entry with { Title = "é😀", MessageCount = 2, Status = "done", TotalTokens = 7 });
        table.Update(SessionKey.Of("main", "none"), entry => entry with { Title = "never" });
        await journal.FlushAsync(Ct);
        var loaded = await LoadAsync();

        var expected = made with { Title = "é😀", MessageCount = 2, Status = "done", TotalTokens = 7, UpdatedAtMs = made.CreatedAtMs + 300_000 };
        Assert.Equal(expected, table.Find(SessionKey.Main));
        Assert.Equal([expected], loaded.All);
    }

    [Fact]
    public async Task A_session_that_was_deleted_stays_so_and_may_be_made_anew_under_another_id()
    {
        var table = new SessionTable(_trial.OpenSessions(), _clock);
        var other = await table.GetOrCreateAsync(SessionKey.Of("main", "other"), Ct);
        var first = await table.GetOrCreateAsync(SessionKey.Main, Ct);

        var removed = await table.RemoveAsync(SessionKey.Main);
        var nothing = await table.RemoveAsync(SessionKey.Main);
        var afterDelete = await LoadAsync();
        var second = await table.GetOrCreateAsync(SessionKey.Main, Ct);
        var afterAll = await LoadAsync();

        Assert.Equal((first, null), (removed, nothing));
        Assert.Equal([other], afterDelete.All);
        Assert.NotEqual(first.SessionId, second.SessionId);
        Assert.Equal(second, afterAll.Find(SessionKey.Main));
    }

    [Theory]
    [Trait("Requirement", "B4")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_or_removal_that_the_disk_refuses_changes_nothing(bool isReset)
    {
        var table = new SessionTable(_trial.OpenSessions(), _clock);
        var before = await table.GetOrCreateAsync(SessionKey.Main, Ct);
        _trial.AtStep = step => _ = step == StorageSteps.JournalBeforeWrite ? throw new IOException("No space left on device") : 0;

        await Assert.ThrowsAsync<JournalWriteException>(async () => _ = isReset ? await table.ResetAsync(SessionKey.Main) : await table.RemoveAsync(SessionKey.Main));
        _trial.AtStep = _ => { };
        await table.UpdateAsync(SessionKey.Main, entry => entry with { Label = "still there" });

        Assert.Equal(before.SessionId, table.Find(SessionKey.Main)?.SessionId);
        Assert.Equal((before.SessionId, "still there"), ((await LoadAsync()).Find(SessionKey.Main)?.SessionId, (await LoadAsync()).Find(SessionKey.Main)?.Label));
        Assert.Contains(table.Newest, entry => entry.SessionId == before.SessionId);
    }

    [Fact]
    [Trait("Requirement", "O4")]
    public async Task When_the_journal_has_grown_it_is_written_anew_with_the_last_state_of_each_session()
    {
        var journal = _trial.Open();
        var table = new SessionTable(_trial.OpenSessions(journal), _clock);
        await table.GetOrCreateAsync(SessionKey.Main, Ct);
        await table.GetOrCreateAsync(SessionKey.Of("main", "gone"), Ct);
        var kept = await table.GetOrCreateAsync(SessionKey.Of("main", "kept"), Ct);
        await table.RemoveAsync(SessionKey.Of("main", "gone"));
        for (var n = 0; n < 4; n++)
        {
            table.Update(SessionKey.Main, entry => entry with { Title = new string('x', 5 * 1024 * 1024) });
            await journal.FlushAsync(Ct);
        }

        table.Update(SessionKey.Main, entry => entry with { Title = "short" });
        await table.Compaction;
        table.Update(SessionKey.Main, entry => entry with { Status = "done" });
        await journal.FlushAsync(Ct);
        var loaded = await LoadAsync();

        Assert.InRange(journal.Bytes, 1, 10_000);
        Assert.Equal(2, loaded.Count);
        Assert.Equal(kept, loaded.Find(kept.SessionKey));
        Assert.Equal(("short", "done"), (loaded.Find(SessionKey.Main)?.Title, loaded.Find(SessionKey.Main)?.Status));
    }

    [Fact]
    public async Task A_session_with_the_longest_short_key_is_there_after_a_restart()
    {
        Assert.True(SessionKey.TryParse(new string('a', 501), out var key, out _));
        var made = await new SessionTable(_trial.OpenSessions(), _clock).GetOrCreateAsync(key, Ct);

        var loaded = await LoadAsync();

        Assert.Equal(made, loaded.Find(key));
        Assert.Equal(key, made.SessionKey);
    }

    public async ValueTask DisposeAsync() => await _trial.DisposeAsync();

    private async Task<SessionTable> LoadAsync()
    {
        var table = new SessionTable(_trial.OpenSessions(), _clock);
        await table.LoadAsync(Ct);
        return table;
    }
}
