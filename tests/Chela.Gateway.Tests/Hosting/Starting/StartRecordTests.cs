using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Starting;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Hosting.Starting;

[Trait("Requirement", "K7")]
public sealed class StartRecordTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly LogRecorder<StartRecord> _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StatePaths Paths => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Starts_within_five_minutes_count_that_neither_lasted_nor_ended_in_order()
    {
        Assert.Equal(0, await CrashAsync());
        _clock.Advance(StartRecord.Window - (2 * Second));
        Assert.Equal(1, await CrashAsync());
        _clock.Advance(Second);
        Assert.Equal(2, await CrashAsync());
        _clock.Advance(Second); // the first is too long ago now
        Assert.Equal(2, await CrashAsync());
        Assert.Equal(3, await CrashAsync());
        Assert.True(await CrashAsync() >= StartRecord.TooMany);
        Assert.True(new FileInfo(Paths.StartsFile).Length < 200);
    }

    [Fact]
    public async Task When_it_has_served_for_a_while_or_ended_in_order_nothing_is_held_against_the_next_start()
    {
        await CrashAsync();
        using (var stable = Open())
        {
            await stable.BeginAsync(Ct);
            _clock.Advance(TimeSpan.FromMinutes(1)); // what an earlier process left takes its time
            Assert.True(File.Exists(Paths.StartsFile));
            stable.Serves();
            _clock.Advance(StartRecord.Stable);
        }

        Assert.False(File.Exists(Paths.StartsFile));
        await CrashAsync();
        using (var stopped = Open())
        {
            await stopped.BeginAsync(Ct);
            stopped.Forget();
        }

        Assert.Equal(0, await CrashAsync());
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("{ broken")]
    [InlineData("[]")]
    [InlineData("""{"unstable":null}""")]
    [InlineData("""{"unstable":["x"]}""")]
    public async Task A_record_that_cannot_be_read_is_begun_anew(string text)
    {
        await File.WriteAllTextAsync(Paths.StartsFile, text, Ct);

        Assert.Equal(0, await CrashAsync());
        Assert.Equal(1, await CrashAsync());
        Assert.Contains("cannot be read, and is begun anew", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_is_too_large_or_of_the_future_counts_nothing()
    {
        await File.WriteAllTextAsync(Paths.StartsFile, $$"""{"unstable":[{{_clock.NowMs}}]{{new string(' ', 5000)}}}""", Ct);
        Assert.Equal(0, await CrashAsync());
        await File.WriteAllTextAsync(Paths.StartsFile, $$"""{"unstable":[{{_clock.NowMs + 1}},{{_clock.NowMs + 2}},{{_clock.NowMs + 3}}]}""", Ct);
        Assert.Equal(0, await CrashAsync());
    }

    [Fact]
    public async Task Where_it_cannot_be_written_the_gateway_starts_all_the_same()
    {
        Directory.CreateDirectory(Paths.StartsFile); // a folder stands where the file belongs

        Assert.Equal(0, await CrashAsync());
        Assert.All(_log.Lines, line => Assert.Contains(Paths.StartsFile, line, StringComparison.Ordinal));
        Assert.NotEmpty(_log.Lines);
    }

    /// <summary>A start that nothing follows; gives what counts against it.</summary>
    private async Task<int> CrashAsync()
    {
        using var record = Open();
        return await record.BeginAsync(Ct);
    }

    private StartRecord Open() => new(StartRecord.FileOf(Paths), _clock, _log);
}
