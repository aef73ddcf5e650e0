using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;

namespace Chela.Gateway.Tests.Bus;

/// <summary>Messages that one sender sends in quick succession, on a queue without tasks: the test tells it the time.</summary>
[Trait("Requirement", "B1")]
public sealed class LaneBurstTests
{
    private readonly LaneQueue _queue = new();

    [Theory]
    [InlineData(nameof(QueueMode.Followup))]
    [InlineData(nameof(QueueMode.Collect))]
    [InlineData(nameof(QueueMode.Steer))]
    [InlineData(nameof(QueueMode.Interrupt))]
    public void What_comes_quickly_is_answered_by_one_run_in_every_mode_and_stops_nothing_of_itself(string name)
    {
        var mode = Enum.Parse<QueueMode>(name);
        var stopped = new List<Turn>();
        foreach (var (runId, atMs) in new[] { ("a", 0), ("b", 90), ("c", 180) })
        {
            stopped.AddRange(Arrive(runId, atMs, mode));
        }

        Assert.Equal((null, 280), Next(279));
        Assert.Equal(("a&b&c", null), Next(280));
        Assert.Empty(stopped);
    }

    [Fact]
    public void What_comes_later_has_a_run_of_its_own_however_long_both_wait()
    {
        Arrive("a", 0);
        Arrive("b", 100);

        Assert.Equal("a", Next(500).Runs);
        _queue.End();
        Assert.Equal("b", Next(500).Runs);
    }

    [Fact]
    public void Another_sender_and_another_target_are_answered_for_themselves()
    {
        Arrive("a", 0);
        Arrive("b", 10, sender: "bob");
        Arrive("c", 20);

        Assert.Equal((null, 100), Next(99));
        Assert.Equal("a", Next(100).Runs);
        _queue.End();
        Assert.Equal("b", Next(200).Runs);
        _queue.End();
        Assert.Equal("c", Next(200).Runs);
    }

    [Fact]
    public void Whoever_stops_one_of_them_takes_nothing_from_the_others_and_waits_for_nothing()
    {
        Arrive("a", 0);
        Arrive("b", 10);
        Arrive("c", 20);

        _queue.Turns[0].Abort();

        Assert.Equal("a", Next(20).Runs);
        _queue.End();
        Assert.Equal((null, 120), Next(20));
        Assert.Equal("b&c", Next(120).Runs);
    }

    [Fact]
    public void A_run_takes_in_steered_messages_only_when_their_sender_had_time_to_go_on()
    {
        Arrive("runs", 0, QueueMode.Steer);
        Next(100);
        Arrive("a", 100, QueueMode.Steer);
        Arrive("b", 150, QueueMode.Steer);

        Assert.Empty(_queue.TakeSteered(Ms(249)));
        Assert.Equal(["a", "b"], _queue.TakeSteered(Ms(250)).Select(turn => turn.RunId));
    }

    [Fact]
    public void An_interrupting_message_stops_what_was_there_before_its_sender_began()
    {
        Arrive("old", 0, QueueMode.Interrupt);
        Next(100);

        var first = Arrive("a", 100, QueueMode.Interrupt);
        var second = Arrive("b", 110, QueueMode.Interrupt);

        Assert.Equal(["old"], first.Select(turn => turn.RunId));
        Assert.Equal(["old"], second.Select(turn => turn.RunId));
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public void A_gateway_that_stops_holds_nothing()
    {
        Arrive("a", 0);
        Arrive("b", 10);

        _queue.Next(TimeSpan.MaxValue, out var wakeAt);

        Assert.Equal((2, null), (_queue.Turns.Count, wakeAt));
        Assert.Equal("b", _queue.Running?.RunId);
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private IReadOnlyList<Turn> Arrive(string runId, int atMs, QueueMode mode = QueueMode.Followup, string sender = "anna")
    {
        var queue = new QueueSettings { Mode = mode, Hold = Ms(100), Debounce = TimeSpan.Zero };
        var message = LaneTrial.Turn(runId).Message with { SenderId = sender };
        return _queue.Arrive(new Turn(message) { Queue = queue }, Ms(atMs));
    }

    /// <summary>The runs that begin together at a time, the first first; else when to ask again.</summary>
    private (string? Runs, double? WakeAtMs) Next(int atMs) => _queue.Next(Ms(atMs), out var wakeAt) is { Turn: { } turn }
        ? (string.Join('&', turn.Carried.Append(turn).Select(one => one.RunId)), null)
        : (null, wakeAt?.TotalMilliseconds);
}
