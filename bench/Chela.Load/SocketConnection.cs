using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;

namespace Chela.Load;

/// <summary>One WebSocket with a fixed number of JSON-RPC calls under way; each answer is followed by the next call.</summary>
internal sealed class SocketConnection : ILoadConnection
{
    private readonly LoadPlan _plan;
    private readonly ClientWebSocket _socket = new();
    private readonly ArrayBufferWriter<byte> _frame = new(16 * 1024);
    private readonly byte[][] _calls;
    private readonly long[] _sentAt;

    public SocketConnection(LoadPlan plan)
    {
        _plan = plan;
        _sentAt = new long[plan.Depth];
        _calls = [.. Enumerable.Range(1, plan.Depth).Select(id => Call(id, plan))];
        if (plan.Token is { } token)
        {
            _socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        }
    }

    public LatencyHistogram Latencies { get; } = new();

    public long Errors { get; private set; }

    public Task OpenAsync() => _socket.ConnectAsync(_plan.Target, CancellationToken.None);

    public async Task RunAsync(LoadWindow window)
    {
        for (var slot = 0; slot < _calls.Length; slot++)
        {
            await SendAsync(slot);
        }

        for (var underWay = _calls.Length; underWay > 0;)
        {
            await ReceiveAsync();
            if (AnsweredSlot(_frame.WrittenSpan) is not { } slot)
            {
                continue;
            }

            var answered = Stopwatch.GetTimestamp();
            if (window.Contains(answered))
            {
                Latencies.Add(answered - _sentAt[slot]);
            }

            if (answered < window.To)
            {
                await SendAsync(slot);
            }
            else
            {
                underWay--;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        _socket.Dispose();
    }

    private ValueTask SendAsync(int slot)
    {
        _sentAt[slot] = Stopwatch.GetTimestamp();
        return _socket.SendAsync(_calls[slot].AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    private async Task ReceiveAsync()
    {
        _frame.ResetWrittenCount();
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(_frame.GetMemory(4096), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new InvalidOperationException($"Closed by the other side: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            }

            _frame.Advance(received.Count);
        }
        while (!received.EndOfMessage);
    }

    /// <summary>Which call a frame answers; null where it answers none, as an event does.</summary>
    private int? AnsweredSlot(ReadOnlySpan<byte> frame)
    {
        int? slot = null;
        var reader = new Utf8JsonReader(frame);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            Errors += reader.ValueTextEquals("error"u8) ? 1 : 0;
            reader.Read();
            if (isId)
            {
                slot = reader.GetInt32() - 1;
            }

            reader.Skip();
        }

        return slot;
    }

    // An id may be used again once it was answered, so the slot's number is enough.
    private static byte[] Call(int id, LoadPlan plan)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WriteNumber("id", id);
            json.WriteString("method", plan.Method);
            if (plan.Parameters is { } parameters)
            {
                json.WritePropertyName("params");
                json.WriteRawValue(parameters);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
