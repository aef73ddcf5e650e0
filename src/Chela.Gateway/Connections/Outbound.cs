using System.Buffers;
using System.Net.WebSockets;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>
/// What waits to be sent to one client: bounded in bytes, sent by one sender at a time, a burst in one write. There is no loop
/// that waits: whoever adds a frame to an idle queue starts the sending.
/// </summary>
internal sealed class Outbound(UpgradedSocket socket, long maxBytes, TimeProvider time) : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private Queue<Outgoing> _waiting = new();
    private Queue<Outgoing> _leaving = new();
    private long _bytes;
    private long _number;
    private long _sendingSince;
    private bool _isSending;
    private bool _isScheduled;
    private bool _isClosing;
    private TaskCompletionSource? _drained;

    /// <summary>True once a close was queued or the sending failed: nothing more can be added.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _isClosing;
            }
        }
    }

    /// <summary>Adds a frame; false when the queue is full or closing. The array, rented, is the queue's from now on.</summary>
    public bool TryAdd(byte[] rented, int length) => TryAdd(new Outgoing(rented, length, null, 0, null));

    /// <summary>Adds a shared event. It takes the client's next number even when it is dropped, so that the client sees the gap.</summary>
    public bool TryAdd(EncodedEvent encoded)
    {
        lock (_gate)
        {
            var number = encoded.Numbered ? ++_number : 0;
            return Admit(new Outgoing(null, encoded.Head.Length + encoded.Tail.Length + 20, encoded, number, null));
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
                _waiting.Enqueue(new Outgoing(null, 0, null, 0, close));
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
        if (!Interlocked.Exchange(ref _isScheduled, true))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _isScheduled, false);
        Send();
    }

    /// <summary>Completes at once while less than the given number of bytes waits, else when everything has been sent.</summary>
    public Task WhenBelowAsync(long bytes)
    {
        lock (_gate)
        {
            return _bytes < bytes || !_isSending ? Task.CompletedTask : (_drained ??= NewSignal()).Task;
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

    private bool TryAdd(Outgoing item)
    {
        lock (_gate)
        {
            return Admit(item);
        }
    }

    private bool Admit(Outgoing item)
    {
        if (_isClosing || _bytes + item.Length > maxBytes)
        {
            item.Return();
            return false;
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
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException)
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

            (_waiting, _leaving) = (_leaving, _waiting);
            return true;
        }
    }

    private async ValueTask SendAsync(Outgoing item)
    {
        if (item.Close is { } close)
        {
            await socket.Socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, close.Reason, CancellationToken.None);
        }
        else if (item.Event is { } encoded)
        {
            var frame = ArrayPool<byte>.Shared.Rent(item.Length);
            var length = item.Compose(encoded, frame);
            await socket.Socket.SendAsync(frame.AsMemory(0, length), WebSocketMessageType.Text, true, CancellationToken.None);
            ArrayPool<byte>.Shared.Return(frame);
        }
        else
        {
            await socket.Socket.SendAsync(item.Rented.AsMemory(0, item.Length), WebSocketMessageType.Text, true, CancellationToken.None);
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
        while (_waiting.TryDequeue(out var item))
        {
            item.Return();
        }

        _bytes = 0;
        _isSending = false;
        _drained?.TrySetResult();
        _drained = null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly record struct Outgoing(byte[]? Rented, int Length, EncodedEvent? Event, long Number, WireClose? Close)
    {
        public int Compose(EncodedEvent encoded, Span<byte> frame)
        {
            encoded.Head.CopyTo(frame);
            var length = encoded.Head.Length;
            if (encoded.Numbered)
            {
                Number.TryFormat(frame[length..], out var digits);
                length += digits;
            }

            encoded.Tail.CopyTo(frame[length..]);
            return length + encoded.Tail.Length;
        }

        public void Return()
        {
            if (Rented is not null)
            {
                ArrayPool<byte>.Shared.Return(Rented);
            }
        }
    }
}
