namespace Chela.Gateway.Rpc;

/// <summary>Calls of one party since its first one within a span of time. Not for several threads at once.</summary>
internal sealed class RateWindow
{
    /// <summary>How long calls are counted together.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    private int _count;

    /// <summary>When the first call was made, by a clock that never goes back; null before it.</summary>
    public TimeSpan? Start { get; private set; }

    /// <summary>How long to wait for the next call; zero when it may be made now.</summary>
    public TimeSpan Wait(TimeSpan now, int limit) => IsOver(now) || _count < limit ? TimeSpan.Zero : Start!.Value + Span - now;

    /// <summary>Counts a call.</summary>
    /// <returns>True when it is the first of a new span.</returns>
    public bool Take(TimeSpan now)
    {
        var isNew = IsOver(now);
        if (isNew)
        {
            (Start, _count) = (now, 0);
        }

        _count++;
        return isNew;
    }

    /// <summary>True when what was counted counts no more.</summary>
    public bool IsOver(TimeSpan now) => Start is not { } start || now - start >= Span;
}
