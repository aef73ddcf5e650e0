using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents;

/// <summary>Tells clients how a run goes: its start, its words at once while that is cheap, its end.</summary>
internal sealed class RunNarrator : IDisposable
{
    /// <summary>The longest wait between two deltas of one run (04-events § 3).</summary>
    public static readonly TimeSpan MaxPace = TimeSpan.FromMilliseconds(75);

    private readonly Lock _gate = new();
    private readonly Turn _turn;
    private readonly EventBus _events;
    private readonly TimeProvider _time;
    private readonly ITimer _later;
    private readonly long _startedAtMs;
    private int _number;
    private int _toldChars;
    private long? _toldAt;
    private bool _isWaiting;
    private bool _isOver;

    public RunNarrator(Turn turn, EventBus events, TimeProvider time)
    {
        (_turn, _events, _time) = (turn, events, time);
        _startedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _later = time.CreateTimer(_ => TellLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The protocol's word for what went wrong; null when nothing is known.</summary>
    public string? ErrorKind { get; set; }

    /// <summary>
    /// How long a delta waits after the one before. Each holds the whole text so far, hence a microsecond for each character: a
    /// run causes at most a million characters a second, however fast its model is.
    /// </summary>
    public static TimeSpan PaceAt(int chars) => TimeSpan.FromMicroseconds(Math.Min(chars, MaxPace.TotalMicroseconds));

    public void Start()
    {
        lock (_gate)
        {
            _events.Publish(new AgentStartEvent(_turn, ++_number, _startedAtMs));
        }
    }

    /// <summary>Adds words to the answer, and tells them at once or soon.</summary>
    /// <returns>The length of the whole answer so far, in characters.</returns>
    public int Say(string words)
    {
        lock (_gate)
        {
            var length = _turn.Append(words);
            if (length == _toldChars || _isWaiting)
            {
                return length;
            }

            var wait = _toldAt is { } at ? PaceAt(_toldChars) - _time.GetElapsedTime(at) : TimeSpan.Zero;
            if (wait < TimeSpan.FromMilliseconds(1))
            {
                Tell(); // no timer is finer
            }
            else
            {
                _isWaiting = _later.Change(wait, Timeout.InfiniteTimeSpan);
            }

            return length;
        }
    }

    /// <summary>Tells what is left to tell, and the end.</summary>
    public void End(TurnResult result)
    {
        lock (_gate)
        {
            _isOver = true;
            Tell();
            _events.Publish(new AgentEndEvent(_turn, ++_number, result, _startedAtMs));
            _events.Publish(new ChatEndEvent(_turn, ++_number, result, ErrorKind));
        }
    }

    public void Dispose() => _later.Dispose();

    private void TellLate()
    {
        lock (_gate)
        {
            _isWaiting = false;
            if (!_isOver)
            {
                Tell();
            }
        }
    }

    private void Tell()
    {
        var text = _turn.Text;
        if (text.Length == _toldChars)
        {
            return;
        }

        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var start = _toldChars;
        (_toldChars, _toldAt) = (text.Length, _time.GetTimestamp());
        _events.Publish(new AgentTextEvent(_turn, ++_number, start, text, nowMs));
        _events.Publish(new ChatDeltaEvent(_turn, _number, start, text, nowMs));
    }
}
