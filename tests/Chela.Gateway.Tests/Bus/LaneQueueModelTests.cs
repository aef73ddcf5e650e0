using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Bus;

/// <summary>A lane against a naive model of it: a list of what came and has not gone, under random operations.</summary>
[Trait("Requirement", "B1")]
public sealed class LaneQueueModelTests
{
    private const int Steps = 400;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_comes_in_whatever_order_leaves_the_lane_once_in_the_order_it_came_and_at_its_time(int seed)
    {
        var world = new World(seed);

        for (var step = 0; step < Steps; step++)
        {
            world.Step();
        }

        world.Finish();
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    /// <summary>A lane, a clock and the model; each step does one thing to both and compares them.</summary>
    private sealed class World(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly ManualTimeProvider _clock = new();
        private readonly LaneQueue _queue = new();
        private readonly List<Expected> _waiting = [];
        private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
        private Turn? _running;
        private bool _isBusy;
        private int _arrived;
        private int _changes;
        private int _changed;

        private TimeSpan Now => _clock.GetElapsedTime(0);

        public void Step()
        {
            switch (_random.Next(10))
            {
                case < 4:
                    Arrive();
                    break;
                case 4 when _waiting.Count > 0:
                    (_waiting[_random.Next(_waiting.Count)].Turn ?? _running)?.Abort();
                    break;
                case 5:
                    _changes++;
                    _waiting.Add(new Expected(null, Waits: true, default));
                    _queue.Arrive(() => Task.CompletedTask);
                    break;
                case 6 when _running is { IsOver: false }:
                    Steer(_running);
                    break;
                case 7 when _isBusy:
                    End();
                    break;
                default:
                    _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(120)));
                    break;
            }

            TakeOrWait();
            var expected = (_running is null ? [] : _running.Carried.Prepend(_running)).Concat(_waiting.Select(one => one.Turn).OfType<Turn>());
            Assert.Equal(expected, _queue.Turns);
        }

        /// <summary>Nothing more comes: what waits leaves the lane in the end.</summary>
        public void Finish()
        {
            while (_isBusy || _waiting.Count > 0)
            {
                if (_isBusy)
                {
                    End();
                }

                _clock.Advance(TimeSpan.FromMilliseconds(300)); // longer than any debounce here
                Assert.True(TakeOrWait() || _waiting.Count == 0, "something waits for ever");
            }

            Assert.Equal((_arrived, _changes, 0), (_gone.Count, _changed, _queue.Depth));
        }

        private void Arrive()
        {
            var settings = new QueueSettings
            {
                Mode = (QueueMode)_random.Next(4),
                Debounce = TimeSpan.FromMilliseconds(_random.Next(3) * 100),
                Cap = _random.Next(1, 6),
                Drop = (QueueDrop)_random.Next(3),
            };
            var turn = LaneTrial.Turn($"{_arrived++}", queue: settings);
            var before = _queue.Turns;
            var inTheWay = _queue.Arrive(turn, Now);
            Assert.Equal(settings.Mode == QueueMode.Interrupt ? before : [], inTheWay);
            foreach (var other in inTheWay)
            {
                other.Abort();
            }

            _waiting.Add(new Expected(turn, Waits: _isBusy || _waiting.Count > 0, Now + settings.Debounce));
            if (settings.Drop != QueueDrop.New && settings.Mode != QueueMode.Interrupt)
            {
                var hoping = _waiting.Count(one => one.Waits && one.Turn is { IsOver: false });
                Assert.InRange(hoping, 0, settings.Cap);
                Assert.False(turn.IsOver, "the newest is not the one to go");
            }
        }

        private void Steer(Turn running)
        {
            var expected = _waiting.TakeWhile(one => one.Turn is { IsOver: false, Queue.Mode: QueueMode.Steer }).Select(one => one.Turn!).ToList();
            Assert.Equal(expected, _queue.TakeSteered(Now));
            Assert.Equal(expected, running.Carried.TakeLast(expected.Count));
            expected.ForEach(Leave);
        }

        private bool TakeOrWait()
        {
            var wasBusy = _isBusy;
            var expected = wasBusy ? [] : Due();
            var work = _queue.Next(Now, out var wakeAt);
            if (expected.Count == 0)
            {
                Assert.Null(work);
                Assert.Equal(!wasBusy && _waiting.Count > 0, wakeAt > Now);
                return false;
            }

            Assert.NotNull(work);
            _isBusy = true;
            if (expected[0].Turn is null)
            {
                Assert.NotNull(work.Change);
                _changed++;
                _waiting.RemoveAt(0);
                return true;
            }

            _running = work.Turn!;
            Assert.Equal(expected.Select(one => one.Turn!), _running.Carried.Append(_running));
            expected.ForEach(one => Leave(one.Turn!));
            return true;
        }

        /// <summary>What is to run now: a change, one turn, or those that are collected, once it is quiet.</summary>
        private List<Expected> Due()
        {
            var collected = _waiting.TakeWhile(one => one.Waits && one.Turn is { IsOver: false, Queue.Mode: QueueMode.Collect }).ToList();
            return collected.Count == 0 ? [.. _waiting.Take(1)]
                : collected.TrueForAll(one => one.QuietAt <= Now) ? collected
                : [];
        }

        private void Leave(Turn turn)
        {
            Assert.Equal(turn, _waiting[0].Turn);
            Assert.True(_gone.Add(turn.RunId), "it left twice");
            _waiting.RemoveAt(0);
        }

        private void End()
        {
            _queue.End();
            (_isBusy, _running) = (false, null);
        }
    }

    private sealed record Expected(Turn? Turn, bool Waits, TimeSpan QuietAt);
}
