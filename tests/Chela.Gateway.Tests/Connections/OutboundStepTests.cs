using System.Text.Json;
using Chela.Contracts.Events;

namespace Chela.Gateway.Tests.Connections;

/// <summary>Steps of a run that wait for a slow client give way to later ones that stand for both.</summary>
[Trait("Requirement", "W7")]
[Trait("Requirement", "B6")]
public sealed class OutboundStepTests : IDisposable
{
    private readonly OutboundTrial _trial = new();
    private readonly List<WeakReference> _steps = [];

    public OutboundStepTests() => _trial.Open(65_536);

    [Fact]
    public async Task A_step_that_waits_gives_way_and_what_came_in_between_is_told_first()
    {
        await HoldAsync();
        Add("news");
        Add(1, "run");
        Add("other news");
        Add(2, "run");
        Add(7, "another run");
        Add(3, "run");

        Assert.Equal(["first 1", "news 2", "other news 3", "7-7 4", "1-3 5"], await ReceiveAsync(5));
    }

    [Fact]
    public async Task After_what_ends_the_merging_a_step_stands_for_itself()
    {
        await HoldAsync();
        Add(1, "run");
        Add("end!");
        Add(2, "run");
        Add(3, "run");

        Assert.Equal(["first 1", "1-1 2", "end! 3", "2-3 4"], await ReceiveAsync(4));
    }

    [Fact]
    public async Task Steps_that_leave_at_once_are_told_one_by_one()
    {
        for (var n = 1; n <= 20; n++)
        {
            Add(n, "run");
            _trial.Outbound.Send();
            Assert.Equal([$"{n}-{n} {n}"], await ReceiveAsync(1));
        }
    }

    [Fact]
    [Trait("Requirement", "B1")]
    public async Task A_hundred_thousand_steps_for_a_client_that_does_not_read_hold_the_memory_of_a_few()
    {
        await HoldAsync();
        for (var n = 1; n <= 100_000; n++)
        {
            Assert.True(Add(n, "run"));
        }

        GC.Collect();
        Assert.InRange(_steps.Count(step => step.IsAlive), 1, 1000);
        Assert.Equal(["first 1", "1-100000 2"], await ReceiveAsync(2));
    }

    [Fact]
    public async Task In_a_queue_that_is_full_a_step_still_finds_room()
    {
        await HoldAsync();
        var count = 1;
        while (Add(new string('x', 1000)) || Add("x"))
        {
            count++;
        }

        Assert.True(Add(1, "run"));
        Assert.True(Add(2, "run"));
        Assert.False(Add("news"));
        var received = await ReceiveAsync(count + 1);

        Assert.StartsWith("1-2 ", received[^1], StringComparison.Ordinal);
    }

    public void Dispose() => _trial.Dispose();

    private async Task HoldAsync()
    {
        var held = _trial.Pair.Stream.Hold();
        Add("first");
        _trial.Outbound.Send();
        await held;
    }

    private bool Add(int step, string key) => _trial.Add(new TrialStep(step, step, key, _steps));

    private bool Add(string name) => _trial.Add(new TrialNews(name));

    /// <summary>The names and numbers of the next events.</summary>
    private async Task<List<string>> ReceiveAsync(int count)
    {
        _trial.Pair.Stream.Release();
        var received = new List<string>();
        while (received.Count < count)
        {
            var frame = JsonElement.Parse(await _trial.Pair.ReceiveAsync() ?? "{}");
            received.Add($"{frame.GetProperty("event").GetString()} {frame.GetProperty("seq").GetInt64()}");
        }

        return received;
    }

    private sealed class TrialStep : GatewayEvent
    {
        private readonly int _from;
        private readonly int _to;
        private readonly string _key;
        private readonly List<WeakReference> _all;

        public TrialStep(int from, int to, string key, List<WeakReference> all)
        {
            (_from, _to, _key, _all) = (from, to, key, all);
            all.Add(new WeakReference(this));
        }

        public override string Name => $"{_from}-{_to}";

        public override bool DropIfSlow => true;

        public override string MergeKey => _key;

        public override GatewayEvent MergedWith(GatewayEvent earlier) => new TrialStep(((TrialStep)earlier)._from, _to, _key, _all);

        public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
        {
        }
    }

    private sealed class TrialNews(string name) : GatewayEvent
    {
        public override string Name => name;

        public override bool EndsMerging => name.EndsWith('!');

        public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
        {
        }
    }
}
