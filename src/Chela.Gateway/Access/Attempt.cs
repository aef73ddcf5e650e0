namespace Chela.Gateway.Access;

/// <summary>
/// One try of a credential, from before it was looked at. Whoever began it says how it ended; one that ends without a word counts
/// as failed, so that nobody guesses for nothing by hanging up.
/// </summary>
/// <param name="settle">Told once: the outcome.</param>
/// <param name="retryAfterMs">How long to wait; zero where the credential may be looked at.</param>
/// <param name="delay">How long the answer to a failure is held back.</param>
internal sealed class Attempt(Action<AttemptOutcome> settle, int retryAfterMs, TimeSpan delay) : IDisposable
{
    private int _isSettled;

    /// <summary>True when nothing is to be looked at: too many failed before.</summary>
    public bool IsRefused => retryAfterMs > 0;

    /// <summary>How long the client has to wait, in milliseconds.</summary>
    public int RetryAfterMs => retryAfterMs;

    /// <summary>How long the answer to a failure is held back.</summary>
    public TimeSpan Delay => delay;

    /// <summary>It was right: earlier failures of the client are forgiven.</summary>
    public void Succeed() => Settle(AttemptOutcome.Right);

    /// <summary>It was wrong; false when it had ended otherwise before.</summary>
    public bool Fail() => Settle(AttemptOutcome.Wrong);

    /// <summary>It does not count: the client showed something else that was right, or nobody could say.</summary>
    public void Withdraw() => Settle(AttemptOutcome.Withdrawn);

    public void Dispose() => Fail();

    private bool Settle(AttemptOutcome outcome)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0)
        {
            return false;
        }

        settle(outcome);
        return true;
    }
}

/// <summary>How an attempt ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>The credential was right.</summary>
    Right,

    /// <summary>It was wrong.</summary>
    Wrong,

    /// <summary>It is as if it had not been made.</summary>
    Withdrawn,
}
