using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Chaos;

/// <summary>One connection to the gateway, in one of its dialects: calls, one at a time, and passes over events.</summary>
internal sealed class Wire : IDisposable
{
    public static readonly IReadOnlyList<string> Dialects = ["openclaw", "json-rpc", "plain"];

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly string _dialect;
    private int _calls;

    private Wire(string dialect) => _dialect = dialect;

    /// <exception cref="WebSocketException">The gateway is not there, or is gone.</exception>
    /// <exception cref="IOException">It refused.</exception>
    public static async Task<Wire> OpenAsync(string dialect, Victim gateway, CancellationToken ct)
    {
        var wire = new Wire(dialect);
        try
        {
            await wire.LogInAsync(gateway, ct);
            return wire;
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>Calls a method; gives its result.</summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    public async Task<JsonElement> CallAsync(string method, JsonObject parameters, CancellationToken ct)
    {
        var id = $"{++_calls}";
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_dialect == "openclaw")
        {
            call["type"] = "req";
        }
        else if (_dialect == "json-rpc")
        {
            call["jsonrpc"] = "2.0";
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AnswerLimit);
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        while (true)
        {
            var frame = await ReceiveAsync(limit.Token);
            if (frame.TryGetProperty("id", out var answered) && answered.ValueKind == JsonValueKind.String && answered.GetString() == id)
            {
                return frame.TryGetProperty("payload", out var payload) ? payload
                    : frame.TryGetProperty("result", out var result) ? result
                    : throw Refusal(frame.GetProperty("error").GetRawText());
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>For now are a full lane, and a gateway that stops or starts.</summary>
    private static RefusedException Refusal(string error) => new(
        error, error.Contains("retryAfterMs", StringComparison.Ordinal) || error.Contains("\"retryable\":true", StringComparison.Ordinal));

    private async Task LogInAsync(Victim gateway, CancellationToken ct)
    {
        var path = _dialect switch { "json-rpc" => "/rpc", "plain" => "/plain", _ => "/" };
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (_dialect != "openclaw")
        {
            _socket.Options.SetRequestHeader("Authorization", $"Bearer {gateway.Token}");
        }

        await _socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}{path}"), ct);
        if (_dialect == "openclaw")
        {
            await ReceiveAsync(ct); // the challenge
            await CallAsync("connect", Hello(gateway.Token), ct);
        }
    }

    private static JsonObject Hello(string token) => new()
    {
        ["minProtocol"] = 4,
        ["maxProtocol"] = 4,
        ["client"] = new JsonObject { ["id"] = "cli", ["version"] = "1.0.0", ["platform"] = "linux", ["mode"] = "cli" },
        ["scopes"] = new JsonArray("operator.admin"),
        ["auth"] = new JsonObject { ["token"] = token },
    };

    private async Task<JsonElement> ReceiveAsync(CancellationToken ct)
    {
        using var message = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(), ct);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new IOException($"closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            }

            message.Write(_buffer.AsSpan(0, part.Count));
            if (part.EndOfMessage)
            {
                return JsonElement.Parse(message.GetBuffer().AsSpan(0, (int)message.Length));
            }
        }
    }
}

/// <summary>The gateway answered with an error.</summary>
internal sealed class RefusedException(string message, bool isForNow) : Exception(message)
{
    /// <summary>Whether it asked to come again.</summary>
    public bool IsForNow => isForNow;
}
