using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Chela.Gateway.Channels.Slack;

/// <summary>
/// One connection of Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode). Everything that ends it is an <see cref="HttpRequestException"/>:
/// Slack closed it, or gives no sign of life any more.
/// </summary>
internal sealed class SlackSocket : IDisposable
{
    private const int MaxEnvelopeBytes = 1024 * 1024;
    private const int ReadBytes = 16 * 1024;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenPings = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket _socket = new() { Options = { KeepAliveInterval = BetweenPings, KeepAliveTimeout = BetweenPings } };

    private SlackSocket()
    {
    }

    /// <summary>True once Slack has said hello.</summary>
    public bool IsGreeted { get; private set; }

    public static async Task<SlackSocket> ConnectAsync(Uri address, TimeProvider time, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(ConnectLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        var socket = new SlackSocket();
        try
        {
            await socket._socket.ConnectAsync(address, either.Token);
            return socket;
        }
        catch (Exception e) when (e is WebSocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            socket.Dispose();
            throw new HttpRequestException("no connection of Socket Mode came about", e);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next envelope; one that cannot be read is empty.</summary>
    public async Task<SlackEnvelope> ReadAsync(CancellationToken ct)
    {
        var text = new ArrayBufferWriter<byte>(ReadBytes);
        ValueWebSocketReceiveResult part;
        do
        {
            part = await ReadPartAsync(text, ct);
        }
        while (!part.EndOfMessage);

        try
        {
            var envelope = JsonSerializer.Deserialize(text.WrittenSpan, SlackJson.Default.SlackEnvelope) ?? new SlackEnvelope();
            IsGreeted |= envelope.Type == "hello";
            return envelope;
        }
        catch (JsonException)
        {
            return new SlackEnvelope();
        }
    }

    /// <summary>Tells Slack that an envelope arrived; until then it sends it again.</summary>
    public async Task AcknowledgeAsync(string envelopeId, CancellationToken ct)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(new Acknowledgement(envelopeId), SlackJson.Default.Acknowledgement);
        try
        {
            await _socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        catch (WebSocketException e)
        {
            throw new HttpRequestException("the connection broke off", e);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<ValueWebSocketReceiveResult> ReadPartAsync(ArrayBufferWriter<byte> text, CancellationToken ct)
    {
        try
        {
            var part = await _socket.ReceiveAsync(text.GetMemory(ReadBytes), ct);
            text.Advance(part.Count);
            return part.MessageType == WebSocketMessageType.Close ? throw new HttpRequestException("Slack closed the connection")
                : text.WrittenCount > MaxEnvelopeBytes ? throw new HttpRequestException($"Slack sent more than {MaxEnvelopeBytes} bytes at once")
                : part;
        }
        catch (WebSocketException e)
        {
            throw new HttpRequestException("the connection broke off", e);
        }
    }
}
