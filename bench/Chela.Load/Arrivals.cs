using System.Buffers.Text;
using System.Text;

namespace Chela.Load;

/// <summary>
/// Counts what a crowd is told. A frame with the mark that is watched for and a <c>ts</c> also tells how long it was on its way; the
/// stamp has whole milliseconds, so that a time reads up to one too long.
/// </summary>
internal sealed class Arrivals
{
    private readonly Lock _gate = new();
    private readonly List<double> _times = [];
    private byte[] _mark = [];
    private long _frames;
    private long _marked;
    private long _wanted;
    private double _lastAtMs;
    private TaskCompletionSource _complete = NewSignal();

    /// <summary>Begins to count anew.</summary>
    /// <param name="mark">Text of the frames that are counted apart.</param>
    /// <param name="count">How many of them, over all connections, make the watch complete.</param>
    public void Watch(string mark, long count)
    {
        lock (_gate)
        {
            _times.Clear();
            _mark = Encoding.UTF8.GetBytes(mark);
            (_frames, _marked, _wanted, _lastAtMs, _complete) = (0, 0, count, 0, NewSignal());
        }
    }

    /// <summary>A connection was told something.</summary>
    public void Add(ReadOnlySpan<byte> frame)
    {
        var nowMs = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        lock (_gate)
        {
            _frames++;
            if (_mark.Length == 0 || frame.IndexOf(_mark) < 0)
            {
                return;
            }

            _lastAtMs = nowMs;
            if (StampOf(frame) is { } sentMs)
            {
                _times.Add(nowMs - sentMs);
            }

            if (++_marked == _wanted)
            {
                _complete.TrySetResult();
            }
        }
    }

    /// <summary>Waits until the watch is complete, or the time is up, and says what there was.</summary>
    public async Task<ArrivalResult> CompleteAsync(TimeSpan limit)
    {
        await Task.WhenAny(_complete.Task, Task.Delay(limit));
        lock (_gate)
        {
            _times.Sort();
            return new ArrivalResult(_frames, _marked, _lastAtMs, Share(0.5), Share(0.99), Share(1));
        }
    }

    private double Share(double share) => _times.Count == 0 ? 0 : _times[(int)Math.Ceiling(_times.Count * share) - 1];

    private static long? StampOf(ReadOnlySpan<byte> frame)
    {
        var at = frame.IndexOf("\"ts\":"u8);
        return at >= 0 && Utf8Parser.TryParse(frame[(at + 5)..], out long stamp, out _) ? stamp : null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
