using Chela.Gateway.Config;

namespace Chela.Gateway.Access;

/// <summary>The failures of one client with one kind of credential. Its table guards it.</summary>
internal sealed class AttemptRecord
{
    /// <summary>How long a client waits whose attempts under way alone would reach the limit.</summary>
    private const int CrowdWaitMs = 1_000;

    private readonly Queue<long> _failures = [];
    private long _lockedUntil;
    private int _underWay;

    /// <summary>When something happened here last.</summary>
    public long TouchedAt { get; private set; }

    /// <summary>The failures that still count.</summary>
    public int Failures => _failures.Count;

    /// <summary>True when nothing is lost by forgetting it.</summary>
    public bool IsIdle => _underWay == 0 && _failures.Count == 0 && _lockedUntil == 0;

    /// <summary>True while it must not be given up for another client.</summary>
    public bool IsHeld => _underWay > 0 || _lockedUntil > 0;

    /// <summary>Forgets what is over.</summary>
    public void Expire(long now, AuthRateLimitConfig limit)
    {
        if (_lockedUntil > 0 && _lockedUntil <= now)
        {
            _lockedUntil = 0;
            _failures.Clear();
        }

        while (_failures.TryPeek(out var oldest) && oldest <= now - limit.WindowMs)
        {
            _failures.Dequeue();
        }
    }

    /// <summary>
    /// How long the client has to wait; zero when it may try. Attempts under way count with the failures, once there are any: a
    /// guesser gains nothing by guessing side by side, and a crowd with the right secret is let in.
    /// </summary>
    public long WaitMs(long now, AuthRateLimitConfig limit) =>
        _lockedUntil > now ? _lockedUntil - now
        : _failures.Count > 0 && _failures.Count + _underWay >= limit.MaxAttempts ? CrowdWaitMs
        : 0;

    public void Begin(long now)
    {
        _underWay++;
        TouchedAt = now;
    }

    public void End(AttemptOutcome outcome, long now, bool isExempt, AuthRateLimitConfig limit)
    {
        _underWay--;
        TouchedAt = now;
        if (outcome == AttemptOutcome.Right)
        {
            _failures.Clear();
            _lockedUntil = 0;
        }
        else if (outcome == AttemptOutcome.Wrong)
        {
            Count(now, isExempt, limit);
        }
    }

    private void Count(long now, bool isExempt, AuthRateLimitConfig limit)
    {
        _failures.Enqueue(now);
        if (!isExempt && _failures.Count >= limit.MaxAttempts)
        {
            _lockedUntil = now + limit.LockoutMs;
        }

        while (_failures.Count > limit.MaxAttempts)
        {
            _failures.Dequeue();
        }
    }
}
