using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Hosting.HealthChecks;

[Trait("Requirement", "K7")]
public sealed class HealthBoardTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly LogRecorder<HealthBoard> _log = new();
    private readonly Part _disk = new("disk") { IsVital = true };
    private readonly Part _chat = new("chat");
    private readonly HealthBoard _board;

    public HealthBoardTests() => _board = new HealthBoard([_disk, _chat], _clock, _log);

    [Fact]
    public void A_part_that_is_another_way_than_before_is_told_once_with_its_reason_and_since_when()
    {
        Assert.Empty(_board.Look());
        _clock.Advance(TimeSpan.FromSeconds(30));
        _chat.Finding = HealthFinding.Degraded("one of two accounts is out");
        var worse = Assert.Single(_board.Look());
        var sinceMs = _clock.NowMs;
        _clock.Advance(TimeSpan.FromSeconds(30));
        _chat.Finding = HealthFinding.Degraded("the other account is out");
        Assert.Empty(_board.Look());
        var part = _board.Parts.Single(part => part.Name == "chat");
        _chat.Finding = HealthFinding.Fine;
        var better = Assert.Single(_board.Look());

        Assert.Equal((HealthLevel.Ok, HealthLevel.Degraded), (worse.Before, worse.Part.Finding.Level));
        Assert.Equal(("the other account is out", sinceMs), (part.Finding.Reason, part.SinceMs));
        Assert.Equal((HealthLevel.Degraded, HealthLevel.Ok), (better.Before, better.Part.Finding.Level));
        Assert.Equal(["Health: chat is degraded: one of two accounts is out", "Health: chat is well again"], _log.Lines);
    }

    [Fact]
    public void The_gateway_is_down_where_it_can_serve_nobody_and_only_degraded_where_something_else_is_down()
    {
        _chat.Finding = HealthFinding.Down("nothing goes out");
        _board.Look();
        var withoutChat = (_board.Level, _board.Failing.Count);
        _disk.Finding = HealthFinding.Degraded("little room");
        _board.Look();
        var withLittleRoom = _board.Level;
        _disk.Finding = HealthFinding.Down("no room");
        _board.Look();

        Assert.Equal((HealthLevel.Degraded, 0), withoutChat);
        Assert.Equal(HealthLevel.Degraded, withLittleRoom);
        Assert.Equal(HealthLevel.Down, _board.Level);
        Assert.Equal(["disk"], _board.Failing);
    }

    [Fact]
    public void A_part_that_cannot_be_looked_at_is_degraded_and_hides_no_other()
    {
        _chat.Fault = new InvalidOperationException("a fault of the program");
        _disk.Finding = HealthFinding.Degraded("little room");

        _board.Look();

        Assert.All(_board.Parts, part => Assert.Equal(HealthLevel.Degraded, part.Finding.Level));
        Assert.DoesNotContain("a fault of the program", _board.Parts[0].Finding.Reason, StringComparison.Ordinal);
        Assert.Contains("Health: chat could not be looked at", _log.Lines);
    }

    [Fact]
    public async Task All_are_asked_side_by_side_and_one_that_does_not_even_heed_the_end_of_its_time_is_left_behind()
    {
        var released = new TaskCompletionSource();
        _disk.Answer = _ => released.Task;
        _chat.Answer = async ct =>
        {
            released.SetResult(); // only when it is asked although the other has not answered
            _disk.Answer = _ => Task.CompletedTask;
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, ct);
        };
        var deaf = new Part("deaf") { Answer = _ => new TaskCompletionSource().Task };
        var board = new HealthBoard([_disk, _chat, deaf], _clock, _log);
        var limit = TimeSpan.FromSeconds(5);

        var asking = board.AskAsync(limit);
        await _clock.WhenTimerAsync(limit);
        var isEarly = asking.IsCompleted;
        _clock.Advance(limit + TimeSpan.FromSeconds(1));
        await asking;

        Assert.False(isEarly);
        Assert.True(released.Task.IsCompleted);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Of_many_that_do_the_same_some_may_fail_and_only_the_first_are_named()
    {
        Assert.Equal(HealthFinding.Fine, HealthFinding.OfMany(3, []));
        Assert.Equal(HealthFinding.Fine, HealthFinding.OfMany(0, []));
        Assert.Equal(HealthFinding.Degraded("a; b"), HealthFinding.OfMany(3, ["a", "b"]));
        Assert.Equal(HealthFinding.Down("a; b; c; and 2 more"), HealthFinding.OfMany(5, ["a", "b", "c", "d", "e"]));
    }

    /// <summary>A part that is as the test says.</summary>
    private sealed class Part(string name) : IHealthCheck
    {
        string IHealthCheck.Part => name;

        public bool IsVital { get; init; }

        public HealthFinding Finding { get; set; }

        public Exception? Fault { get; set; }

        public Func<CancellationToken, Task> Answer { get; set; } = _ => Task.CompletedTask;

        public HealthFinding Look() => Fault is null ? Finding : throw Fault;

        public Task AskAsync(CancellationToken ct) => Answer(ct);
    }
}
