using System.Buffers;
using System.Net.WebSockets;
using Chela.Gateway.Connections.Streams;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>
/// What waits to be sent to one client: bounded in bytes, sent by one sender at a time, a burst in one write. There is no loop
/// that waits: whoever adds a frame to an idle queue starts the sending.
/// </summary>
internal sealed class Outbound(UpgradedSocket socket, long maxBytes, TimeProvider time) : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private readonly OutgoingQueue _waiting = new();
    private Queue<Outgoing> _leaving = new();
    private long _bytes;
    private int _skipped;
    private long _sendingSince;
    private bool _isSending;
    private bool _isScheduled;
    private bool _isClosing;
    private TaskCompletionSource? _drained;

    /// <summary>True once a close was queued or the sending failed: nothing more can be added.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosing);

    /// <summary>Adds a frame; false when the queue is full or closing. The array, rented, is the queue's from now on.</summary>
    public bool TryAdd(byte[] rented, int length)
    {
        lock (_gate)
        {
            return Admit(new Outgoing { Rented = rented, Length = length });
        }
    }

    /// <summary>Adds a frame that is no part of the client's stream of events and has no number.</summary>
    public bool TryAdd(EncodedEvent unnumbered)
    {
        lock (_gate)
        {
            return Admit(new Outgoing { Encoded = unnumbered, Length = unnumbered.Length });
        }
    }

    /// <summary>
    /// Adds an event. It takes the stream's next number even when it is dropped, so that the client sees the gap. A step that still
    /// waits gives way to a later one of the same kind, which stands for both.
    /// </summary>
    public bool TryAdd(EventStream stream, PublishedEvent published, EncodedEvent encoded)
    {
        var happened = published.Happened;
        lock (_gate)
        {
            var step = happened.MergeKey is { } key ? Merge(key, published, encoded) : null;
            if (happened.EndsMerging)
            {
                _waiting.EndMerging();
            }

            var item = new Outgoing
            {
                Encoded = step is null ? encoded : null,
                Length = step is null ? encoded.Length : Step.Overhead,
                Stream = stream,
                Position = published.Position,
                Skipped = _skipped,
                Step = step,
            };
            if (Admit(item))
            {
                _skipped = 0;
                return true;
            }

            _skipped++;
            return false;
        }
    }

    /// <summary>Adds the close that follows everything queued so far.</summary>
    public void AddClose(WireClose close)
    {
        lock (_gate)
        {
            if (!_isClosing)
            {
                _isClosing = true;
                _waiting.Enqueue(new Outgoing { Close = close });
            }
        }
    }

    /// <summary>Sends what waits unless somebody is doing so already.</summary>
    public void Send()
    {
        lock (_gate)
        {
            if (_isSending || _waiting.Count == 0)
            {
                return;
            }

            _isSending = true;
            _sendingSince = time.GetTimestamp();
        }

        _ = SendAllAsync(); // observes its own failures: a failed send closes the queue
    }

    /// <summary>Sends soon on another thread: what is added in the meantime leaves in the same write.</summary>
    public void SendSoon()
    {
        // Who is sending takes it along. For a client that never reads this is the usual case: no work for the pool, which others wait for.
        if (!Volatile.Read(ref _isSending) && !Interlocked.Exchange(ref _isScheduled, true))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _isScheduled, false);
        Send();
    }

    /// <summary>Completes at once while less than the given number of bytes waits; else sends, and completes when everything has been sent.</summary>
    public Task WhenBelowAsync(long bytes)
    {
        if (Interlocked.Read(ref _bytes) >= bytes)
        {
            Send(); // a reader that never has to wait for its client would otherwise never send
        }

        lock (_gate)
        {
            return _bytes < bytes || !_isSending ? Task.CompletedTask : (_drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>How long the present write has made no progress; zero when nothing is being sent.</summary>
    public TimeSpan StalledFor()
    {
        lock (_gate)
        {
            return _isSending ? time.GetElapsedTime(_sendingSince) : TimeSpan.Zero;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Discard();
        }
    }

    private Step Merge(string key, PublishedEvent published, EncodedEvent encoded)
    {
        var step = _waiting.Merge(key, published, encoded, out var replaced);
        if (replaced is not null)
        {
            _bytes -= Step.Overhead;
            _skipped += replaced.Skipped;
        }

        return step;
    }

    private bool Admit(Outgoing item)
    {
        // A step always finds room: there is one for each run, and what it holds is shared by all clients.
        if (_isClosing || (item.Step is null && _bytes + item.Length > maxBytes))
        {
            item.Return();
            return false;
        }

        if (item.Step is { } step)
        {
            step.Skipped = item.Skipped;
        }

        _bytes += item.Length;
        _waiting.Enqueue(item);
        return true;
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (TakeWaiting())
            {
                while (_leaving.TryDequeue(out var item))
                {
                    socket.Stream.IsCorked = _leaving.Count > 0;
                    await SendAsync(item);
                    Sent(item);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or InvalidOperationException)
        {
            lock (_gate)
            {
                Discard(); // the client is gone; the connection's reader finds out by itself
            }
        }
    }

    private bool TakeWaiting()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isSending = false;
                _drained?.TrySetResult();
                _drained = null;
                return false;
            }

            _leaving = _waiting.TakeAll(_leaving);
            return true;
        }
    }

    private async ValueTask SendAsync(Outgoing item)
    {
        if (item.Close is { } close)
        {
            await socket.Socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, close.Reason, CancellationToken.None);
        }
        else if (item.Rented is { } rented)
        {
            await socket.Socket.SendAsync(rented.AsMemory(0, item.Length), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        else if (item.Compose(this) is { } composed)
        {
            await socket.Socket.SendAsync(composed.Rented.AsMemory(0, composed.Length), WebSocketMessageType.Text, true, CancellationToken.None);
            ArrayPool<byte>.Shared.Return(composed.Rented);
        }
    }

    private void Sent(Outgoing item)
    {
        item.Return();
        lock (_gate)
        {
            _bytes -= item.Length;
            _sendingSince = time.GetTimestamp();
        }
    }

    private void Discard()
    {
        _isClosing = true;
        foreach (var item in _waiting.TakeAll(new Queue<Outgoing>()))
        {
            item.Return();
        }

        _bytes = 0;
        _isSending = false;
        _drained?.TrySetResult();
        _drained = null;
    }
}
