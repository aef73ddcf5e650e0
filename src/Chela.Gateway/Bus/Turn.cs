using System.Diagnostics.CodeAnalysis;
using System.Text;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

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
internal sealed record TokenUsage(long Input, long Output, long TotalTokens);

/// <summary>The outcome of a run.</summary>
/// <param name="Text">The answer, or what there was of it.</param>
/// <param name="Error">One sentence for the user when it failed.</param>
internal sealed record TurnResult(TurnStatus Status, string Text, TokenUsage? Usage, string? Error, long EndedAtMs);

/// <summary>One message and the run that answers it, while it waits and while it runs.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer; it may be cancelled at any time, also after the end.")]
internal sealed class Turn(InboundMessage message)
{
    private readonly TaskCompletionSource<TurnResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly StringBuilder _text = new();

    public InboundMessage Message => message;

    public string RunId => message.RunId;

    public SessionKey Session => message.Session;

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
        return true;
    }

    public void Complete(TurnResult result) => _completion.TrySetResult(result);
}
