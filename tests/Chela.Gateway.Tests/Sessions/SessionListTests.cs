using System.Text.Json;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Bus;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions;

[Trait("Requirement", "B4")]
[Trait("Requirement", "W9")]
public sealed class SessionListTests : IAsyncDisposable
{
    private readonly StorageTrial _trial = new();
    private readonly LaneTrial _lanes = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly SessionTable _table;
    private readonly SessionList _list;

    public SessionListTests()
    {
        _table = new SessionTable(_trial.OpenSessions(), _clock);
        _list = new SessionList(_table, _lanes.Lanes, new ConfigStore(ConfigFixture.Load()), (_, _) => new SessionDefaults("echo", "echo"), _clock);
    }

    [Fact]
    public async Task Sessions_are_listed_newest_first_and_those_of_one_moment_in_a_fixed_order()
    {
        await AddAsync("a", "b", "c");
        _clock.Advance(TimeSpan.FromMinutes(1));
        _table.Update(SessionKey.Of("main", "b"), entry => entry with { Title = "touched" });

        var page = Page(new SessionsListParams());

        Assert.Equal(["b", "c", "a"], Names(page));
        Assert.Equal((3, 3, 100, false, (int?)null), (page.Count, page.TotalCount, page.LimitApplied, page.HasMore, page.NextOffset));
        Assert.Equal((_clock.NowMs, "/place", new SessionDefaults("echo", "echo")), (page.Ts, page.Path, page.Defaults));
    }

    [Theory]
    [InlineData(null, null, "n9 n8 n7 n6 n5 n4 n3 n2 n1 n0", null)]
    [InlineData(4, null, "n9 n8 n7 n6", 4)]
    [InlineData(4, 4, "n5 n4 n3 n2", 8)]
    [InlineData(4, 8, "n1 n0", null)]
    [InlineData(10, 0, "n9 n8 n7 n6 n5 n4 n3 n2 n1 n0", null)]
    [InlineData(5, 10, "", null)]
    [InlineData(int.MaxValue, int.MaxValue, "", null)]
    public async Task The_list_comes_in_pages(int? limit, int? offset, string names, int? next)
    {
        for (var n = 0; n < 10; n++)
        {
            await AddAsync($"n{n}");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var page = Page(new SessionsListParams { Limit = limit, Offset = offset });

        Assert.Equal(names, string.Join(' ', Names(page)));
        Assert.Equal((10, next, next is not null), (page.TotalCount, page.NextOffset, page.HasMore));
        Assert.InRange(page.LimitApplied, 1, SessionList.MaxLimit);
    }

    [Fact]
    public async Task The_order_may_follow_what_people_said_and_sessions_without_that_or_of_subagents_be_left_out()
    {
        await AddAsync("a", "b", "untouched", "subagent:1");
        Say("a", 20);
        Say("b", 10);
        Say("subagent:1", 30);

        string Shown(SessionsListParams query) => string.Join(' ', Names(Page(query)));
        Assert.Equal("subagent:1 a b untouched", Shown(new SessionsListParams { SortBy = "lastInteractionAt" }));
        Assert.Equal("a b untouched", Shown(new SessionsListParams { SortBy = "lastInteractionAt", ExcludeSubagents = true }));
        Assert.Equal("a b", Shown(new SessionsListParams { SortBy = "lastInteractionAt", ExcludeSubagents = true, RequireLastInteraction = true }));
        Assert.Equal(20, Page(new SessionsListParams { Search = ":a" }).Sessions[0].LastInteractionAt);

        void Say(string name, long atMs) => _table.Update(SessionKey.Of("main", name), entry => entry with { LastInteractionAtMs = atMs });
    }

    [Theory]
    [InlineData("TELEGRAM", "telegram:1")]
    [InlineData("holiday", "web:2")]
    [InlineData("", "telegram:1 web:2")]
    [InlineData("nothing like it", "")]
    public async Task A_search_looks_at_keys_and_titles(string text, string names)
    {
        await AddAsync("web:2", "telegram:1");
        _table.Update(SessionKey.Of("main", "web:2"), entry => entry with { Title = "My Holiday" });
        _table.Update(SessionKey.Of("main", "telegram:1"), entry => entry with { Preview = "holiday" });

        var page = Page(new SessionsListParams { Search = text });

        Assert.Equal(names, string.Join(' ', Names(page).Order()));
    }

    [Theory]
    [InlineData(null, null, "both-pinned pinned plain")]
    [InlineData(null, "false", "both-pinned pinned plain")]
    [InlineData(null, "true", "archived both-archived")]
    [InlineData(null, "\"all\"", "archived both-archived both-pinned pinned plain")]
    [InlineData(true, null, "both-pinned pinned")]
    [InlineData(false, null, "plain")]
    [InlineData(true, "true", "both-archived")]
    [InlineData(true, "\"all\"", "both-archived both-pinned pinned")]
    public async Task Archived_sessions_are_shown_to_those_who_ask_for_them_and_pinned_ones_can_be_asked_for(bool? pinned, string? archived, string names)
    {
        await AddAsync("plain", "pinned", "archived", "both-pinned", "both-archived");
        foreach (var name in new[] { "pinned", "both-pinned", "both-archived" })
        {
            _table.Update(SessionKey.Of("main", name), entry => entry with { PinnedAtMs = 5 });
        }

        foreach (var name in new[] { "archived", "both-archived" })
        {
            _table.Update(SessionKey.Of("main", name), entry => entry with { ArchivedAtMs = 6 });
        }

        var page = Page(new SessionsListParams { Pinned = pinned, Archived = archived is null ? default : JsonElement.Parse(archived) });

        Assert.Equal(names, string.Join(' ', Names(page).Order(StringComparer.Ordinal)));
        Assert.Equal(page.Count, page.TotalCount);
        Assert.All(page.Sessions, row => Assert.Equal((row.Pinned ? 5 : null, row.Archived ? 6 : null), (row.PinnedAt, row.ArchivedAt)));
    }

    [Theory]
    [InlineData(1, "new")]
    [InlineData(10, "new")]
    [InlineData(11, "new old")]
    [InlineData(int.MaxValue, "new old")]
    public async Task Only_what_changed_lately_can_be_asked_for(int minutes, string names)
    {
        await AddAsync("old");
        _clock.Advance(TimeSpan.FromMinutes(11));
        await AddAsync("new");

        Assert.Equal(names, string.Join(' ', Names(Page(new SessionsListParams { ActiveMinutes = minutes }))));
    }

    [Fact]
    public async Task Only_one_agents_sessions_can_be_asked_for()
    {
        await AddAsync("a");
        await _table.GetOrCreateAsync(SessionKey.Of("helper", "b"), TestContext.Current.CancellationToken);

        var page = Page(new SessionsListParams { AgentId = "helper" });

        Assert.Equal(("helper", 1), (Assert.Single(page.Sessions).AgentId, page.TotalCount));
    }

    [Fact]
    public async Task Titles_and_previews_are_given_to_those_who_ask()
    {
        await AddAsync("a");
        _table.Update(SessionKey.Of("main", "a"), entry => entry with { Title = "title", Preview = "preview" });

        var plain = Assert.Single(Page(new SessionsListParams()).Sessions);
        var full = Assert.Single(Page(new SessionsListParams { IncludeDerivedTitles = true, IncludeLastMessage = true }).Sessions);

        Assert.Equal((null, null), (plain.DerivedTitle, plain.LastMessagePreview));
        Assert.Equal(("title", "preview"), (full.DerivedTitle, full.LastMessagePreview));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task A_session_with_turns_says_which_run()
    {
        await AddAsync("main", "other");
        var turn = _lanes.Enqueue("run-1");
        _lanes.Enqueue("run-2");
        _table.Update(SessionKey.Of("main", "other"), entry => entry with { Status = "killed", Model = "openai/meta/llama", LastRunId = "run-0" });

        var rows = Page(new SessionsListParams()).Sessions.ToDictionary(row => row.Key);

        var main = rows["agent:main:main"];
        Assert.Equal(("running", true, true), (main.Status, main.HasActiveRun, main.IsMain));
        Assert.Equal(["run-1", "run-2"], main.ActiveRunIds);
        var other = rows["agent:main:other"];
        Assert.Equal(("killed", true, false, "run-0"), (other.Status, other.AbortedLastRun, other.HasActiveRun, other.LastRunId));
        Assert.Equal(("openai", "meta/llama", false), (other.ModelProvider, other.Model, other.IsMain));
        _lanes.LetEnd("run-1", "run-2");
        await turn.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        await _lanes.Lanes.StopAsync(CancellationToken.None);
        _lanes.Dispose();
        await _trial.DisposeAsync();
    }

    private static IEnumerable<string> Names(SessionsListResult page) => page.Sessions.Select(row => row.Key["agent:main:".Length..]);

    private SessionsListResult Page(SessionsListParams query) => _list.Page(query, new SessionDefaults("echo", "echo"), "/place");

    private async Task AddAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await _table.GetOrCreateAsync(SessionKey.Of("main", name), TestContext.Current.CancellationToken);
        }
    }
}
