namespace Chela.Gateway.Rpc;

/// <summary>What a method may know of the call besides its parameters.</summary>
internal sealed class CallContext(string method, Caller caller, ICallerConnection connection)
{
    private Action? _afterAnswer;

    /// <summary>The name that the client used.</summary>
    public string Method => method;

    /// <summary>Who is calling.</summary>
    public Caller Caller => caller;

    /// <summary>The connection that the call came over.</summary>
    public ICallerConnection Connection => connection;

    /// <summary>The raw JSON of the call's id; null for a notification.</summary>
    public byte[]? Id { get; init; }

    /// <summary>The trace that the caller says the call belongs to (W3C Trace Context); null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Where answers before the last one go; null where a call has one answer only.</summary>
    public IInterimAnswers? Interim { get; init; }

    /// <summary>Answers at once, and once more when the method returns. Does nothing in dialects where a call has one answer only.</summary>
    public void AnswerInterim(Answer answer)
    {
        if (Id is not null)
        {
            Interim?.Send(Id, answer);
        }
    }

    /// <summary>
    /// Runs the action once the answer stands in the connection's queue, or could not be put there. So a client hears
    /// that its run was accepted before it hears the run's first word.
    /// </summary>
    public void AfterAnswer(Action action) => _afterAnswer += action;

    /// <summary>Called by whoever sent the answer.</summary>
    public void Answered() => Interlocked.Exchange(ref _afterAnswer, null)?.Invoke();
}

/// <summary>Sends an answer that is not a call's last.</summary>
internal interface IInterimAnswers
{
    /// <param name="id">The raw JSON of the call's id.</param>
    /// <param name="answer">What to say now.</param>
    void Send(byte[] id, Answer answer);
}
