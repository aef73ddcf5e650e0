using Chela.Gateway.Config;
using Chela.Gateway.Telemetry.Audit;

namespace Chela.Gateway.Access;

/// <summary>
/// Locks out whoever tries wrong credentials (02-handshake § 7.6). An attempt is counted before its credential is looked at, and
/// taken back when that was right. Programs on this machine are not locked out; their failures are answered later and later.
/// </summary>
internal sealed class FailedAttempts(ConfigStore config, IAuditTrail audit, TimeProvider time)
{
    /// <summary>The most clients that are remembered.</summary>
    public const int MaxRecords = 10_000;

    private const int MaxDelayMs = 5_000;
    private const int FirstDelayMs = 250;

    private readonly Lock _gate = new();
    private readonly Dictionary<(AttemptKind Kind, string Client), AttemptRecord> _records = [];
    private readonly long _began = time.GetTimestamp();
    private long _fullUntil;

    /// <summary>How many clients are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _records.Count;
            }
        }
    }

    /// <summary>Begins an attempt, or refuses it. Nothing may be compared before.</summary>
    public Attempt Begin(AttemptKind kind, RequestSource source, string? origin)
    {
        var limit = config.Current.Config.Gateway.Auth.RateLimit;
        var client = AttemptClient.Of(source, origin, limit.ExemptLoopback);
        var key = (kind, client.Key);
        lock (_gate)
        {
            var now = NowMs();
            if (Find(key, now, limit) is not { } record)
            {
                // Nobody is forgotten for it: a stranger waits instead.
                return client.IsExempt ? Open(key, new AttemptRecord(), client, now) : Refused(_fullUntil - now);
            }

            record.Expire(now, limit);
            var wait = client.IsExempt ? 0 : record.WaitMs(now, limit);
            return wait > 0 ? Refused(wait) : Open(key, record, client, now);
        }
    }

    private static Attempt Refused(long waitMs) => new(_ => { }, (int)Math.Clamp(waitMs, 1, int.MaxValue), TimeSpan.Zero);

    private Attempt Open((AttemptKind Kind, string Client) key, AttemptRecord record, AttemptClient client, long now)
    {
        record.Begin(now);
        var delayMs = client.IsExempt ? Math.Min(MaxDelayMs, FirstDelayMs * Math.Pow(2, Math.Min(record.Failures, 5))) : 0;
        return new Attempt(outcome => Settle(key, record, client, outcome), retryAfterMs: 0, TimeSpan.FromMilliseconds(delayMs));
    }

    private void Settle((AttemptKind Kind, string Client) key, AttemptRecord record, AttemptClient client, AttemptOutcome outcome)
    {
        lock (_gate)
        {
            record.End(outcome, NowMs(), client.IsExempt, config.Current.Config.Gateway.Auth.RateLimit);
            if (record.IsIdle && _records.GetValueOrDefault(key) == record)
            {
                _records.Remove(key);
            }
        }

        if (outcome == AttemptOutcome.Wrong)
        {
            audit.NoteRefusal(new AuditEntry(AuditActions.LoginRefused)
            {
                Outcome = AuditEntry.Refused,
                Facts = new Dictionary<string, string> { ["credential"] = key.Kind.ToString(), ["from"] = key.Client },
            });
        }
    }

    /// <summary>The client's record, a new one where there is room; null when everybody in the table is locked out.</summary>
    private AttemptRecord? Find((AttemptKind Kind, string Client) key, long now, AuthRateLimitConfig limit)
    {
        if (_records.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_records.Count >= MaxRecords && (now < _fullUntil || !MakeRoom(now, limit)))
        {
            return null;
        }

        return _records[key] = new AttemptRecord();
    }

    /// <summary>Forgets what is over, else the tenth that was quiet longest, so that this is seldom done.</summary>
    private bool MakeRoom(long now, AuthRateLimitConfig limit)
    {
        foreach (var record in _records.Values)
        {
            record.Expire(now, limit);
        }

        Forget(_records.Where(pair => pair.Value.IsIdle));
        if (_records.Count >= MaxRecords)
        {
            Forget(_records.Where(pair => !pair.Value.IsHeld).OrderBy(pair => pair.Value.TouchedAt).Take(MaxRecords / 10));
        }

        if (_records.Count < MaxRecords)
        {
            return true;
        }

        _fullUntil = now + limit.LockoutMs;
        return false;
    }

    private void Forget(IEnumerable<KeyValuePair<(AttemptKind Kind, string Client), AttemptRecord>> records)
    {
        foreach (var (key, _) in records.ToList())
        {
            _records.Remove(key);
        }
    }

    private long NowMs() => (long)time.GetElapsedTime(_began).TotalMilliseconds;
}
