using Chela.Gateway.Config;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Config.Reloading;

/// <summary>The file in every way in which editors, people and programs change it.</summary>
[Trait("Requirement", "K3")]
public sealed class ConfigWatchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LogRecorder<ConfigWatch> _log = new();
    private ConfigStore _store = null!;
    private ConfigReload _reload = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string FilePath => _folder.File("chela.json");

    private string LastGood => FilePath + ".last-good";

    private string MainKey => _store.Current.Config.Session.MainKey;

    [Fact]
    public async Task A_file_that_is_written_anew_is_in_force_and_its_content_is_kept()
    {
        using var watch = await OpenAsync(Text("a"));
        File.WriteAllText(FilePath, Text("bb"));

        await LookAsync(watch);

        Assert.Equal("bb", MainKey);
        Assert.Equal(Text("bb"), File.ReadAllText(LastGood));
    }

    [Fact]
    public async Task A_file_that_another_one_replaces_is_in_force_soon_also_where_both_look_the_same()
    {
        using var watch = await OpenAsync(Text("a"));
        File.WriteAllText(FilePath + ".new", Text("b"));
        File.SetLastWriteTimeUtc(FilePath + ".new", File.GetLastWriteTimeUtc(FilePath));
        File.Move(FilePath + ".new", FilePath, overwrite: true);

        _time.Advance(ConfigWatch.Anyway);
        await watch.LookAsync(Ct);

        Assert.Equal("b", MainKey);
    }

    [Fact]
    public async Task A_link_that_leads_elsewhere_is_followed_and_so_is_what_it_leads_to()
    {
        var (first, second) = (_folder.File("first"), _folder.File("second"));
        File.WriteAllText(first, Text("a"));
        File.WriteAllText(second, Text("b"));
        File.CreateSymbolicLink(FilePath, first);
        using var watch = await OpenAsync(null);
        File.CreateSymbolicLink(FilePath + ".new", second);
        File.Move(FilePath + ".new", FilePath, overwrite: true);

        await LookAsync(watch);
        var swapped = MainKey;
        File.WriteAllText(second, Text("ccc"));
        await LookAsync(watch);

        Assert.Equal(("b", "ccc"), (swapped, MainKey));
    }

    [Theory]
    [InlineData("{ \"session\": { \"mainKye\": \"b\" } }", "chela.json:1:16 session.mainKye: unknown key (did you mean 'mainKey'?)")]
    [InlineData("{ \"session\": {\n  \"mainKey\": \"b", "chela.json:2:16")]
    public async Task A_bad_file_changes_nothing_and_is_named_with_its_place_until_it_is_good_again(string text, string problem)
    {
        using var watch = await OpenAsync(Text("a"));
        File.WriteAllText(FilePath, text);

        await LookAsync(watch);

        Assert.Equal("a", MainKey);
        Assert.StartsWith(problem, Assert.Single(_reload.State.Problems).ToString(), StringComparison.Ordinal);
        Assert.Equal(Text("a"), File.ReadAllText(LastGood));

        File.WriteAllText(FilePath, Text("a") + " ");
        await LookAsync(watch);
        Assert.Equal(("a", 0), (MainKey, _reload.State.Problems.Count));
    }

    [Fact]
    public async Task A_file_that_stays_bad_is_said_once_and_another_bad_one_anew()
    {
        using var watch = await OpenAsync(Text("a"));
        foreach (var text in new[] { "{ \"sessions\": 1 }", "{ \"sessions\": 2 }" })
        {
            File.WriteAllText(FilePath, text);
            await LookAsync(watch);
            for (var again = 0; again < 3; again++)
            {
                _time.Advance(ConfigWatch.Anyway);
                await watch.LookAsync(Ct);
            }
        }

        var twice = _log.Lines.Count;
        File.WriteAllText(FilePath, Text("a"));
        await LookAsync(watch);
        File.WriteAllText(FilePath, "{ \"sessions\": 2 }");
        await LookAsync(watch);

        Assert.Equal((2, 4), (twice, _log.Lines.Count)); // that it was good again is said too
        Assert.Equal(3, _log.Lines.Count(line => line.Contains("chela.json:1:3 sessions: unknown key", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, "gone")]
    [InlineData("", "empty")]
    [InlineData(" \n", "empty")]
    public async Task A_file_that_goes_away_or_is_emptied_leaves_in_force_what_it_said(string? left, string problem)
    {
        using var watch = await OpenAsync(Text("a"));
        File.Delete(FilePath);
        if (left is not null)
        {
            File.WriteAllText(FilePath, left);
        }

        await LookAsync(watch);
        var gone = _reload.State.Problems;
        File.WriteAllText(FilePath, Text("a"));
        await LookAsync(watch);

        Assert.Equal($"chela.json: the file is {problem}", Assert.Single(gone).ToString());
        Assert.Equal(("a", 0), (MainKey, _reload.State.Problems.Count));
    }

    [Fact]
    public async Task A_file_that_comes_where_there_was_none_is_in_force()
    {
        using var watch = await OpenAsync(null);
        File.WriteAllText(FilePath, Text("a"));

        await LookAsync(watch);

        Assert.Equal("a", MainKey);
    }

    [Fact]
    public async Task A_file_that_is_still_being_written_is_waited_for()
    {
        using var watch = await OpenAsync(Text("a"));
        File.WriteAllText(FilePath, "{");

        var look = watch.LookAsync(Ct);
        await _time.WhenTimerAsync(ConfigWatch.Quiet);
        File.WriteAllText(FilePath, Text("b") + "  ");
        _time.Advance(ConfigWatch.Quiet);
        await _time.WhenTimerAsync(ConfigWatch.Quiet);
        var between = MainKey;
        _time.Advance(ConfigWatch.Quiet);
        await look;

        Assert.Equal(("a", "b"), (between, MainKey));
    }

    [Fact]
    public async Task A_file_too_large_is_refused()
    {
        using var watch = await OpenAsync(Text("a"));
        File.WriteAllText(FilePath, new string(' ', ConfigText.MaxBytes + 1));

        await LookAsync(watch);

        Assert.Equal("a", MainKey);
        Assert.Single(_reload.State.Problems);
    }

    [Fact]
    [Trait("Requirement", "K1")]
    public async Task An_included_file_is_watched_too_also_while_it_is_bad()
    {
        File.WriteAllText(_folder.File("session.json"), """{ "mainKey": "a" }""");
        using var watch = await OpenAsync("""{ "session": { "$include": "session.json" } }""");
        File.WriteAllText(_folder.File("session.json"), """{ "mainKye": "bb" }""");
        await LookAsync(watch);
        var bad = Assert.Single(_reload.State.Problems).ToString();

        File.WriteAllText(_folder.File("session.json"), """{ "mainKey": "ccc" }""");
        await LookAsync(watch);

        Assert.Equal("session.json:1:3 session.mainKye: unknown key (did you mean 'mainKey'?)", bad);
        Assert.Equal(("ccc", 0), (MainKey, _reload.State.Problems.Count));
    }

    [Fact]
    public async Task In_the_mode_off_the_file_is_not_read()
    {
        using var watch = await OpenAsync("""{"gateway":{"reload":{"mode":"off"}}}""");
        File.WriteAllText(FilePath, Text("a"));

        await watch.LookAsync(Ct);

        Assert.Equal("main", MainKey);
    }

    public void Dispose() => _folder.Dispose();

    private static string Text(string mainKey) => $"{{ \"session\": {{ \"mainKey\": \"{mainKey}\" }} }}";

    /// <summary>Has it look once, and lets the file rest as long as it wants.</summary>
    private async Task LookAsync(ConfigWatch watch)
    {
        var look = watch.LookAsync(Ct);
        Assert.NotSame(look, await Task.WhenAny(look, _time.WhenTimerAsync(ConfigWatch.Quiet)));
        _time.Advance(ConfigWatch.Quiet);
        await look;
    }

    private async Task<ConfigWatch> OpenAsync(string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(FilePath, text);
        }

        var bytes = File.Exists(FilePath) ? await File.ReadAllBytesAsync(FilePath, Ct) : null;
        var reader = new IncludeReader(FilePath, new Dictionary<string, string>());
        var content = new ConfigContent(bytes, await reader.ReadAsync(bytes, Ct));
        var sources = new ConfigSources(FilePath, bytes) { Included = content.Included };
        _store = new ConfigStore(new ConfigLoader().Load(sources));
        _reload = new ConfigReload(_store, sources, _ => [], _time);
        var options = new DocumentOptions { MaxBytes = ConfigText.MaxBytes, Backups = 0 };
        var file = new ConfigFile(new DocumentFile(FilePath, options), new DocumentFile(LastGood, options), content, reader, path => new DocumentFile(path, options));
        var watch = new ConfigWatch(file, _reload, _store, new AuditRecorder(), _time, _log);
        await watch.LookAsync(Ct);
        return watch;
    }
}
