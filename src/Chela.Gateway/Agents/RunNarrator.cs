using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents;

/// <summary>Tells clients how a run goes: its start, its words at a bearable pace, its end.</summary>
internal sealed class RunNarrator(Turn turn, EventBus events, TimeProvider time)
{
    /// <summary>Deltas of one run come no faster than this (04-events § 3); the first comes at once.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(75);

    private readonly long _startedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    private int _number;
    private int _toldChars;
    private long? _toldAt;

    /// <summary>The protocol's word for what went wrong; null when nothing is known.</summary>
    public string? ErrorKind { get; set; }

    public void Start() => events.Publish(new AgentStartEvent(turn, ++_number, _startedAtMs));

    /// <summary>Adds words to the answer and tells them when it is time.</summary>
    /// <returns>The length of the whole answer so far, in characters.</returns>
    public int Say(string words)
    {
        var length = turn.Append(words);
        if (length > _toldChars && (_toldAt is not { } at || time.GetElapsedTime(at) >= Pace))
        {
            Tell();
        }

        return length;
    }

    /// <summary>Tells what is left to tell, and the end.</summary>
    public void End(TurnResult result)
    {
        if (turn.Text.Length > _toldChars)
        {
            Tell();
        }

        events.Publish(new AgentEndEvent(turn, ++_number, result, _startedAtMs));
        events.Publish(new ChatEndEvent(turn, ++_number, result, ErrorKind));
    }

    private void Tell()
    {
        var text = turn.Text;
        var delta = text[_toldChars..];
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        (_toldChars, _toldAt) = (text.Length, time.GetTimestamp());
        events.Publish(new AgentTextEvent(turn, ++_number, delta, text, nowMs));
        events.Publish(new ChatDeltaEvent(turn, _number, delta, text, nowMs));
    }
}
