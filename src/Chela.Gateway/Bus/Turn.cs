using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Bus;

/// <summary>How a run ended.</summary>
internal enum TurnStatus
{
    /// <summary>The agent answered.</summary>
    Done,

    /// <summary>A person stopped it.</summary>
    Aborted,

    /// <summary>The model or the gateway failed.</summary>
    Failed,

    /// <summary>The gateway ended before the run did.</summary>
    Interrupted,
}

/// <summary>Tokens that a run used, as its provider counted them.</summary>
internal sealed record TokenUsage(long Input, long Output, long TotalTokens)
{
    /// <summary>True for an answer that was told again: this time none of them was used.</summary>
    public bool? Cached { get; init; }
}

/// <summary>The outcome of a run.</summary>
/// <param name="Text">The answer, or what there was of it.</param>
/// <param name="Error">One sentence for the user when it failed.</param>
internal sealed record TurnResult(TurnStatus Status, string Text, TokenUsage? Usage, string? Error, long EndedAtMs)
{
    /// <summary><c>provider/model</c>; null when no model was reached.</summary>
    public string? Model { get; init; }
}

/// <summary>What the sender of a message wants of its run alone.</summary>
internal sealed record TurnWishes
{
    /// <summary>How long the run may take; never longer than the gateway allows. Null for that.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>The model; null for the session's.</summary>
    public string? Model { get; init; }

    /// <summary>How hard the model is to think; null for the session's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Thinking { get; init; }

    /// <summary>Instructions that come after those of the agent.</summary>
    public string? Instructions { get; init; }

    /// <summary>True where the session that spawned this one is told what came of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsAnnounced { get; init; }
}

/// <summary>One message and the run that answers it, while it waits and while it runs.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer; it may be cancelled at any time, also after the end.")]
internal sealed class Turn(InboundMessage message) : IWorkScope
{
    /// <summary>How often a run is begun again that the end of a process cut off.</summary>
    public const int MaxResumptions = 2;

    private readonly TaskCompletionSource<TurnResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly StringBuilder _text = new();
    private Turn? _carrier;
    private bool _isUnheard;
    private bool _isHeard;

    public InboundMessage Message => message;

    public string RunId => message.RunId;

    public SessionKey Session => message.Session;

    public WorkFacts Facts => MessageScope.FactsOf(message) with { Run = RunId };

    /// <summary>The session's present id, once the run has begun: a reset gives a key another one.</summary>
    public string? SessionId { get; set; }

    public TurnWishes Wishes { get; init; } = new();

    /// <summary>The session that spawned this one; null where none did.</summary>
    public string? SpawnedBy { get; set; }

    /// <summary>How it waits, where it has to.</summary>
    public QueueSettings Queue { get; init; } = new();

    /// <summary>How often the end of a process cut off its run after that was begun again; null for a message that this process accepted.</summary>
    public int? Resumptions { get; init; }

    /// <summary>True when its message stands in the transcript already.</summary>
    public bool IsWritten { get; set; }

    /// <summary>True for a run that may be what ends the process each time: it is not begun again.</summary>
    public bool IsGivenUp => Carried.Prepend(this).Any(one => one.Resumptions >= MaxResumptions);

    /// <summary>Set when too many waited: it ends without an answer.</summary>
    public QueueDrop? Dropped { get; private set; }

    /// <summary>Ends when it was tried to tell that it was stopped while it waited; has ended for every other turn.</summary>
    public Task Telling { get; set; } = Task.CompletedTask;

    /// <summary>False once its lines are on disk.</summary>
    public bool IsUnwritten => SessionId is null || !Completion.IsCompleted;

    /// <summary>The place of its run, once it has begun.</summary>
    public RunSlot? Slot { get; set; }

    /// <summary>True for one that no model is to answer: it was stopped, or dropped.</summary>
    public bool IsOver => Dropped is not null || _abort.IsCancellationRequested;

    /// <summary>True where the session that spawned it is not told how it ended.</summary>
    public bool IsUnheard => Volatile.Read(ref _isUnheard);

    /// <summary>True once the session that spawned it is told how it ended.</summary>
    public bool IsHeard
    {
        get => Volatile.Read(ref _isHeard);
        set => Volatile.Write(ref _isHeard, value);
    }

    /// <summary>True once its run has begun.</summary>
    public bool HasBegun => SessionId is not null;

    /// <summary>The turns that this one's run answers as well; they end with it.</summary>
    public IReadOnlyList<Turn> Carried { get; private set; } = [];

    /// <summary>Takes from the lane what came meanwhile and can still be answered by this run; asked before each request to a model.</summary>
    public Func<IReadOnlyList<Turn>> TakeSteered { get; set; } = () => [];

    /// <summary>Ends with the run, however it ends. Never fails.</summary>
    public Task<TurnResult> Completion => _completion.Task;

    /// <summary>Cancelled when a person stops the run.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>What the agent has said so far.</summary>
    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>Adds to what the agent said.</summary>
    /// <returns>The length of the whole text, in characters.</returns>
    public int Append(string delta)
    {
        lock (_text)
        {
            return _text.Append(delta).Length;
        }
    }

    /// <summary>Asks the run to stop; false when it has ended already.</summary>
    public bool Abort()
    {
        if (Completion.IsCompleted || _abort.IsCancellationRequested)
        {
            return false;
        }

        _abort.Cancel();
        Volatile.Read(ref _carrier)?.Abort();
        return true;
    }

    /// <summary>The same for what a session had spawned that was stopped itself: nobody waits for it any more.</summary>
    public bool AbortUnheard()
    {
        Volatile.Write(ref _isUnheard, true);
        return Abort();
    }

    /// <summary>Takes it out of the race: too many waited.</summary>
    public void Drop(QueueDrop how) => Dropped = how;

    /// <summary>True when one run can answer both: they came the same way and want the same.</summary>
    public bool CanJoin(Turn other) =>
        Message.Channel == other.Message.Channel && Message.ReplyTo == other.Message.ReplyTo && Wishes == other.Wishes;

    /// <summary>True when the same person said both.</summary>
    public bool IsOfSenderOf(Turn other) => Message.SenderId == other.Message.SenderId;

    /// <summary>Lets this turn's run answer others as well. Stopping one of them stops the run, for there is only one.</summary>
    public void Carry(IReadOnlyList<Turn> others)
    {
        Carried = [.. Carried, .. others];
        foreach (var other in others)
        {
            Interlocked.Exchange(ref other._carrier, this);
            if (other.Aborted.IsCancellationRequested)
            {
                Abort(); // it was stopped before it knew by whom it is carried
            }
        }
    }

    public void Complete(TurnResult result) => _completion.TrySetResult(result);
}
