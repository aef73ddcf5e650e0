using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;

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
    private bool _beginsParagraph;

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

    /// <summary>Tells that what is older is being summarized, or that this has ended.</summary>
    public void Compacts(bool isEnd)
    {
        lock (_gate)
        {
            _events.Publish(new AgentCompactionEvent(_turn, ++_number, isEnd, _time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    /// <summary>Adds words to the answer, and tells them at once or soon.</summary>
    /// <returns>The length of the whole answer so far, in characters.</returns>
    public int Say(string words)
    {
        lock (_gate)
        {
            var length = _turn.Append(_beginsParagraph && words.Length > 0 ? "\n\n" + words : words);
            _beginsParagraph &= words.Length == 0;
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

    /// <summary>Words of the next step stand in a paragraph of their own.</summary>
    public void BeginStep()
    {
        lock (_gate)
        {
            _beginsParagraph = _turn.Text.Length > 0;
        }
    }

    /// <summary>Tells what was said before a tool, and that it is called.</summary>
    public void BeginTool(FunctionCallContent call) => TellTool(new ToolNews(call.Name, call.CallId) { Arguments = ToolArguments.Write(call.Arguments) });

    /// <summary>Tells what came of it.</summary>
    public void EndTool(ToolUse use) => TellTool(new ToolNews(use.Call.Name, use.Call.CallId) { Result = use.Result });

    /// <summary>Tells how far a plan is.</summary>
    public void TellPlan(PlanNews news)
    {
        lock (_gate)
        {
            _events.Publish(new PlanEvent(_turn, ++_number, news, NowMs()));
        }
    }

    /// <summary>Tells how the run works, where the gateway chose it.</summary>
    public void TellMode(string mode, string reason)
    {
        lock (_gate)
        {
            _events.Publish(new ModeEvent(_turn, ++_number, mode, reason, NowMs()));
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

    private void TellTool(ToolNews news)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return; // a tool that was left behind
            }

            Tell();
            _number++;
            var nowMs = NowMs();
            _events.Publish(new ToolEvent(_turn, _number, news, ToolAudience.Capable, nowMs));
            _events.Publish(new SessionToolEvent(_turn, _number, news, nowMs));
            _events.Publish(new ToolEvent(_turn, _number, news, ToolAudience.Others, nowMs));
        }
    }

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

        var nowMs = NowMs();
        var start = _toldChars;
        (_toldChars, _toldAt) = (text.Length, _time.GetTimestamp());
        _events.Publish(new AgentTextEvent(_turn, ++_number, start, text, nowMs));
        _events.Publish(new ChatDeltaEvent(_turn, _number, start, text, nowMs));
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
