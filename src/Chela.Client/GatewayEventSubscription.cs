using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Chela.Client;

/// <summary>
/// A bounded queue of events, filled from the moment it was made. When its reader is too slow the oldest events give way, and the
/// next one read says how many were missed.
/// </summary>
public sealed class GatewayEventSubscription : IDisposable
{
    private readonly Channel<GatewayEventMessage> _queue;
    private readonly GatewayEventFilter _filter;
    private readonly Action<GatewayEventSubscription> _leave;
    private long _skipped;
    private long _pushedOut;

    internal GatewayEventSubscription(GatewayEventFilter filter, int capacity, Action<GatewayEventSubscription> leave)
    {
        _filter = filter;
        _leave = leave;
        var bounds = new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true };
        _queue = Channel.CreateBounded<GatewayEventMessage>(bounds, lost => Interlocked.Add(ref _pushedOut, lost.Missed + 1));
    }

    /// <summary>
    /// The events, in order. Ends when the client is disposed; throws <see cref="GatewayClosedException"/> when the gateway ended the
    /// connection, after the events that came before.
    /// </summary>
    public async IAsyncEnumerable<GatewayEventMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var message in _queue.Reader.ReadAllAsync(ct))
        {
            var pushedOut = Interlocked.Exchange(ref _pushedOut, 0);
            yield return pushedOut == 0 ? message : message with { Missed = message.Missed + pushedOut };
        }
    }

    /// <summary>Stops taking events.</summary>
    public void Dispose()
    {
        _leave(this);
        _queue.Writer.TryComplete();
    }

    /// <summary>Called by the one reader of the connection.</summary>
    internal void Offer(GatewayEventMessage message)
    {
        if (!_filter.Matches(message))
        {
            // What was lost before an event that is filtered out might have been one of ours: the next of ours tells.
            _skipped += message.Missed;
            return;
        }

        _queue.Writer.TryWrite(_skipped == 0 ? message : message with { Missed = message.Missed + _skipped });
        _skipped = 0;
    }

    internal void End(Exception? error) => _queue.Writer.TryComplete(error);
}
