using System.Globalization;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>How long work waits for a thread. Each look sends a piece of work that does nothing, and tells how long the last one took to begin.</summary>
internal sealed class ThreadsCheck(TimeProvider time) : IHealthCheck
{
    /// <summary>A wait that people notice.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>A wait in which clients give up.</summary>
    public static readonly TimeSpan Stuck = TimeSpan.FromSeconds(15);

    private volatile Errand? _last;

    public string Part => "threads";

    public HealthFinding Look()
    {
        var lag = _last?.Lag(time) ?? TimeSpan.Zero;
        if (_last is null or { HasBegun: true })
        {
            var errand = new Errand(time.GetTimestamp());
            _last = errand;
            ThreadPool.UnsafeQueueUserWorkItem(sent => sent.Begin(time), errand, preferLocal: false);
        }

        return Of(lag, ThreadPool.PendingWorkItemCount);
    }

    internal static HealthFinding Of(TimeSpan lag, long waiting) =>
        lag >= Stuck ? HealthFinding.Down(Sentence(lag, waiting))
        : lag >= Slow ? HealthFinding.Degraded(Sentence(lag, waiting))
        : HealthFinding.Fine;

    private static string Sentence(TimeSpan lag, long waiting) =>
        string.Create(CultureInfo.InvariantCulture, $"work waited {lag.TotalSeconds:0.0} s for a thread, and {waiting} pieces of it wait now");

    private sealed class Errand(long sentAt)
    {
        private long _begunAt;

        public bool HasBegun => Interlocked.Read(ref _begunAt) != 0;

        /// <summary>How long it waited, or has waited so far.</summary>
        public TimeSpan Lag(TimeProvider time) => Interlocked.Read(ref _begunAt) is not 0 and var begun ? time.GetElapsedTime(sentAt, begun) : time.GetElapsedTime(sentAt);

        public void Begin(TimeProvider time) => Interlocked.Exchange(ref _begunAt, time.GetTimestamp());
    }
}
