namespace Chela.Gateway.Telemetry;

/// <summary>How long this gateway has been running; the machine's own uptime says nothing about it.</summary>
internal sealed class Uptime(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();

    public long Milliseconds => (long)time.GetElapsedTime(_startedAt).TotalMilliseconds;
}
