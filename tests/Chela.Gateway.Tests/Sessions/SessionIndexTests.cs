using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Tests.Sessions;

/// <summary>The index against a plain list that is sorted each time.</summary>
[Trait("Requirement", "B3")]
public sealed class SessionIndexTests
{
    private readonly SessionIndex _index = new();
    private readonly List<SessionEntry> _model = [];
    private long _now;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_put_and_removed_it_answers_like_a_list(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 3000; step++)
        {
            var key = SessionKey.Of($"agent-{random.Next(3)}", $"{random.Next(40)}");
            if (random.Next(4) == 0)
            {
                var removed = _model.Find(entry => entry.SessionKey == key);
                Assert.Same(removed, _index.Remove(key));
                _model.Remove(removed!);
            }
            else
            {
                Put(key, isNew: random.Next(5) == 0);
            }

            if (step % 50 == 0)
            {
                AssertSame(random.Next(50), random.Next(50));
            }
        }
    }

    [Fact]
    public void A_list_that_was_taken_does_not_change_any_more()
    {
        Put(SessionKey.Main, isNew: true);
        var (taken, view) = (_index.All, _index.View);

        Put(SessionKey.Of("main", "other"), isNew: true);
        _index.Remove(SessionKey.Main);

        Assert.Equal([SessionKey.Main.Value], taken.Select(entry => entry.Key));
        Assert.Equal(taken, view.Containing(null));
        Assert.Equal(taken, view.Containing(SearchableSession.Fold("main")));
    }

    [Fact]
    public void Pages_far_down_follow_what_changes()
    {
        for (var number = 0; number < 1_500; number++)
        {
            Put(SessionKey.Of("main", $"{number}"), isNew: true);
        }

        AssertSame(1_200, 5);
        Put(SessionKey.Of("main", "3"), isNew: false);
        AssertSame(1_200, 5);
        _model.Remove(_index.Remove(SessionKey.Of("main", "1400"))!);
        AssertSame(1_200, 5);
        AssertSame(int.MaxValue, 5);
    }

    private void Put(SessionKey key, bool isNew)
    {
        var before = _model.Find(entry => entry.SessionKey == key);
        var id = isNew || before is null ? $"id-{_now}" : before.SessionId;
        var entry = new SessionEntry(key.Value, id, 1) { UpdatedAtMs = ++_now, Title = $"title {_now % 3}", Label = _now % 5 == 0 ? $"label {_now}" : null, ArchivedAtMs = _now % 7 == 0 ? 1 : null };
        _model.Remove(before!);
        _model.Add(entry);
        _index.Put(key, entry);
    }

    private void AssertSame(int offset, int limit)
    {
        var newestFirst = _model.OrderByDescending(entry => entry.UpdatedAtMs).ToList();
        Assert.Equal(newestFirst, _index.All);
        Assert.Equal(newestFirst, _index.View.Containing(null));
        foreach (var text in new[] { "TITLE 1", "AGENT-2:1", "1\0", "E", "nowhere" })
        {
            var folded = newestFirst.Where(entry => $"{entry.Key}\0{entry.Label}\0{entry.Title}".Contains(text, StringComparison.OrdinalIgnoreCase));
            Assert.Equal(folded, _index.View.Containing(SearchableSession.Fold(text)));
        }

        Assert.Equal(newestFirst.Where(entry => !entry.IsArchived).Skip(offset).Take(limit), _index.Page(offset, limit));
        Assert.Equal(newestFirst.Count(entry => !entry.IsArchived), _index.Unarchived);
        Assert.All(_model, entry => Assert.True(entry.Label is null || _index.FindByLabel(entry.SessionKey.AgentId, entry.Label) == entry));
        Assert.Null(_index.FindByLabel("agent-1", "nobody's"));
        Assert.Equal(_model.Count, _index.Count);
        Assert.Equal(_model.Count(entry => entry.IsOf("agent-1")), _index.CountOf("agent-1"));
        Assert.All(_model, entry => Assert.Same(entry, _index.Find(entry.SessionKey)));
        Assert.All(_model, entry => Assert.Same(entry, _index.FindById(entry.SessionId)));
        Assert.Null(_index.FindById("nobody"));
    }
}
