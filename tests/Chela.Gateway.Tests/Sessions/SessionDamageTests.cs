using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions;

/// <summary>A small list of sessions, spoiled or cut off anywhere: what was answered is there, or the start is refused.</summary>
[Trait("Requirement", "B4")]
public sealed class SessionDamageTests : IAsyncDisposable
{
    private static readonly SessionKey Gone = SessionKey.Of("main", "gone");
    private static readonly SessionKey Named = SessionKey.Of("main", "named");

    private readonly StorageTrial _trial = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string IndexFile => _trial.Segment(1);

    private string MarkFile => _trial.File("sessions.mark");

    [Fact]
    public async Task A_list_that_was_cut_anywhere_is_refused_or_has_everything_that_was_answered()
    {
        var expected = await MakeAsync();
        var whole = await File.ReadAllBytesAsync(IndexFile, Ct);

        foreach (var length in Sweep.Offsets(whole))
        {
            await File.WriteAllBytesAsync(IndexFile, whole[..length], Ct);
            AssertTold(expected, await LoadAsync(), $"cut at {length} of {whole.Length}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_anywhere_is_refused_or_changes_nothing_that_was_answered(bool isIndex)
    {
        var expected = await MakeAsync();
        var file = isIndex ? IndexFile : MarkFile;
        var (whole, index) = (await File.ReadAllBytesAsync(file, Ct), await File.ReadAllBytesAsync(IndexFile, Ct));

        for (var bit = 0; bit < whole.Length * 8; bit += 11) // one or two of each byte, and each of the eight bits in turn
        {
            var spoiled = whole.ToArray();
            spoiled[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(IndexFile, index, Ct); // the last repair is undone
            await File.WriteAllBytesAsync(file, spoiled, Ct);
            var found = await LoadAsync();

            AssertTold(expected, found, $"bit {bit}");
            Assert.True(isIndex || found is not null, "the mark is a witness only");
        }
    }

    [Fact]
    public async Task A_mark_that_is_gone_or_cut_refuses_nothing()
    {
        var expected = await MakeAsync();
        var whole = await File.ReadAllBytesAsync(MarkFile, Ct);

        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(MarkFile, whole[..length], Ct);
            Assert.Equal(expected, await LoadAsync());
        }

        File.Delete(MarkFile);
        Assert.Equal(expected, await LoadAsync());
    }

    [Fact]
    public async Task A_list_that_was_written_anew_is_shorter_and_not_refused()
    {
        var journal = _trial.Open();
        var table = new SessionTable(_trial.OpenSessions(journal), _clock);
        await table.GetOrCreateAsync(SessionKey.Main, Ct);
        for (var n = 0; n < 5; n++)
        {
            await table.UpdateAsync(SessionKey.Main, entry => entry with { Title = new string('x', 5 * 1024 * 1024) });
        }

        await table.Compaction;
        Assert.InRange(journal.Count, 1, 3);
        Assert.NotNull(await LoadAsync());

        await table.UpdateAsync(SessionKey.Main, entry => entry with { Title = "short" });
        var expected = Promises(table);
        Assert.Equal(expected, await LoadAsync());
        var index = Directory.GetFiles(_trial.Directory).Max()!;
        var whole = await File.ReadAllBytesAsync(index, Ct);
        await File.WriteAllBytesAsync(index, whole[..(whole.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1)], Ct);
        Assert.Null(await LoadAsync());
    }

    public async ValueTask DisposeAsync() => await _trial.DisposeAsync();

    /// <summary>Sessions that were made, named, reset and deleted; and last what nobody waits for.</summary>
    private async Task<string[]> MakeAsync()
    {
        var journal = _trial.Open();
        var table = new SessionTable(_trial.OpenSessions(journal), _clock);
        await table.GetOrCreateAsync(SessionKey.Main, Ct);
        await table.GetOrCreateAsync(Named, Ct);
        await table.GetOrCreateAsync(Gone, Ct);
        await table.UpdateAsync(Named, entry => entry with { Label = "a name" });
        await table.ResetAsync(SessionKey.Main);
        await table.RemoveAsync(Gone);
        table.Update(SessionKey.Main, entry => entry with { Title = "said last" });
        await journal.FlushAsync(Ct);
        return Promises(table);
    }

    /// <summary>What the list promises; null where it is refused.</summary>
    private async Task<string[]?> LoadAsync()
    {
        try
        {
            var table = new SessionTable(_trial.OpenSessions(), _clock);
            await table.LoadAsync(Ct);
            return table.IsGone ? null : Promises(table);
        }
        catch (Exception e) when (e is JournalCorruptException or InvalidDataException)
        {
            return null;
        }
    }

    private static string[] Promises(SessionTable table) => [.. table.All.Select(entry => $"{entry.Key} {entry.SessionId} {entry.Label}").Order()];

    private static void AssertTold(string[] expected, string[]? found, string how)
    {
        if (found is not null)
        {
            Assert.True(expected.SequenceEqual(found), $"{how}: {string.Join(", ", found)}");
        }
    }
}
