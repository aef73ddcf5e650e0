using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Chela.Gateway.Channels.Discord;

/// <summary>A WebSocket whose messages are the frames of the gateway of Discord.</summary>
internal sealed class DiscordSocket : IDisposable
{
    /// <summary>The longest frame; one that tells of a large server has some megabytes.</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>A code after which Discord keeps the session for a while, other than after the usual ones.</summary>
    private const WebSocketCloseStatus Again = (WebSocketCloseStatus)4000;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TimeProvider _time;

    private DiscordSocket(TimeProvider time) => _time = time;

    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public static async Task<DiscordSocket> ConnectAsync(Uri address, TimeProvider time, CancellationToken ct)
    {
        var socket = new DiscordSocket(time);
        using var over = new CancellationTokenSource(ConnectLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            await socket._socket.ConnectAsync(address, either.Token);
            return socket;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            socket.Dispose();
            ct.ThrowIfCancellationRequested();
            throw new HttpRequestException($"the gateway of Discord at {address.Host} cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>The next frame; null when the connection has ended.</summary>
    /// <exception cref="JsonException">It is no frame.</exception>
    public async Task<DiscordFrame?> ReadAsync(CancellationToken ct)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        try
        {
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(message.GetMemory(4096), ct);
                message.Advance(part.Count);
            }
            while (part is { EndOfMessage: false, MessageType: not WebSocketMessageType.Close } && message.WrittenCount <= MaxBytes);
            return part.MessageType == WebSocketMessageType.Close ? null
                : message.WrittenCount > MaxBytes ? throw new JsonException("a frame is too long")
                : JsonSerializer.Deserialize(message.WrittenSpan, DiscordJson.Default.DiscordFrame);
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    /// <summary>Why the other side closed; null where it did not, or gave no reason.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    /// <summary>Sends a frame; on a connection that has ended nothing happens, for whoever reads notices that.</summary>
    public async Task SendAsync<T>(T frame, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(frame, type);
        await _writing.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, true, ct);
        }
        catch (WebSocketException)
        {
            // said above
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Says good-bye in such a way that the session can be resumed. Whether that succeeds does not matter.</summary>
    public async Task CloseAsync()
    {
        using var over = new CancellationTokenSource(CloseLimit, _time);
        await _socket.CloseOutputAsync(Again, null, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _writing.Dispose();
    }
}
