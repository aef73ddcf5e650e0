namespace Chela.Gateway.Channels.Supervision;

/// <summary>
/// How fast one account may bring messages: so many at once, then so many a second. What comes faster waits on its platform, so that a flood at one
/// account takes neither time nor disk from the others.
/// </summary>
internal sealed class Pace(TimeProvider time)
{
    /// <summary>How many messages may come at once.</summary>
    public const int Burst = 100;

    /// <summary>How long after that each takes; together 20 a second.</summary>
    public static readonly TimeSpan Each = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private DateTimeOffset _due;

    /// <summary>Returns when the next message may come.</summary>
    public Task WaitAsync(CancellationToken ct)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _due = (_due > now ? _due : now) + Each;
            wait = _due - now - (Each * Burst);
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, ct) : Task.CompletedTask;
    }
}
