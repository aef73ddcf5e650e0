using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;

namespace Chela.Client;

/// <summary>A WebSocket that carries whole frames: received under a hard limit, sent one at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class FrameSocket(ClientWebSocket socket, int maxFrameBytes) : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private const int KeepCapacity = 1024 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private ArrayBufferWriter<byte> _received = new(ReadBytes);

    /// <summary>Opens the socket; every failure but the caller's own cancellation is a <see cref="GatewayUnreachableException"/>.</summary>
    public static async Task<FrameSocket> OpenAsync(GatewayClientOptions options, CancellationToken ct)
    {
        var url = options.Url;
        var certificate = new ServerCertificate(options.TlsFingerprint);
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, errors) => certificate.Accept(shown, errors);
        if (url.IsLoopback)
        {
            // A proxy from the environment must not see what is meant for this machine.
            socket.Options.Proxy = null;
        }

        try
        {
            await socket.ConnectAsync(url, ct);
            return new FrameSocket(socket, options.MaxFrameBytes);
        }
        catch (WebSocketException e)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            var why = certificate.Refusal is { } refusal ? refusal
                : status is 0 or 101 ? e.GetBaseException().Message : $"it answered HTTP {status} instead of a WebSocket";
            throw new GatewayUnreachableException(url, why, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next frame, valid until the next call. The end of the connection is a <see cref="GatewayClosedException"/>.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken ct)
    {
        Recycle();
        while (true)
        {
            var part = await ReceivePartAsync(ct);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                var code = (int?)socket.CloseStatus ?? (int)WebSocketCloseStatus.Empty;
                throw new GatewayClosedException(code, socket.CloseStatusDescription ?? "");
            }

            _received.Advance(part.Count);
            if (_received.WrittenCount > maxFrameBytes)
            {
                throw new GatewayClosedException(
                    (int)WebSocketCloseStatus.MessageTooBig, $"the gateway sent a frame of more than {maxFrameBytes} bytes");
            }

            if (part.EndOfMessage)
            {
                return _received.WrittenMemory;
            }
        }
    }

    /// <summary>Sends one frame. Cancelling gives up the turn, not a frame half sent: that would break the whole connection.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw new GatewayClosedException(GatewayClosedException.Lost, "connection lost", e);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Says goodbye if that is still possible; a peer that does not take it before <paramref name="deadline"/> is left.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason, CancellationToken deadline)
    {
        try
        {
            await _sending.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(status, reason, deadline);
            }
        }
        catch (Exception e) when (IsBroken(e) || e is OperationCanceledException)
        {
            // The peer is gone already: there is nobody left to take leave of.
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The lock of the senders stays: one of them may be about to take it, and learns from the socket that it is late.</summary>
    public void Dispose() => socket.Dispose();

    private async ValueTask<ValueWebSocketReceiveResult> ReceivePartAsync(CancellationToken ct)
    {
        try
        {
            return await socket.ReceiveAsync(_received.GetMemory(ReadBytes), ct);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw new GatewayClosedException(GatewayClosedException.Lost, "connection lost", e);
        }
    }

    private void Recycle()
    {
        if (_received.Capacity > KeepCapacity)
        {
            _received = new ArrayBufferWriter<byte>(ReadBytes);
            return;
        }

        _received.ResetWrittenCount();
    }

    private static bool IsBroken(Exception e) => e is WebSocketException or InvalidOperationException or IOException;
}
