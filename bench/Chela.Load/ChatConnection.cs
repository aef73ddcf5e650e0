using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chela.Load;

/// <summary>Asks the model behind a gateway by JSON-RPC over a WebSocket, each time in a new session or in one of a few of its own.</summary>
internal sealed class ChatConnection : IModelConnection
{
    private readonly LoadPlan _plan;

    /// <summary>Begins the names of its sessions: who talks in a session hears of what others ask there.</summary>
    private readonly string _name = Guid.NewGuid().ToString("N")[..8];

    private readonly ClientWebSocket _socket = new();
    private readonly FrameReader _frames;

    public ChatConnection(LoadPlan plan)
    {
        _plan = plan;
        _frames = new FrameReader(_socket);
        _socket.Options.SetRequestHeader("Authorization", $"Bearer {plan.Token}");
    }

    public Task OpenAsync() => _socket.ConnectAsync(_plan.Target, CancellationToken.None);

    public async Task<Answer> AskAsync()
    {
        var question = Encoding.ASCII.GetBytes(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"chat.send_stream","params":{"text":"Hello there","session_key":"bench-{{{NextSession()}}}"}}""");
        var asked = Stopwatch.GetTimestamp();
        await _socket.SendAsync(question, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        for (var first = 0L; ;)
        {
            var frame = await _frames.ReadAsync(CancellationToken.None) ?? throw new IOException("The gateway said goodbye.");
            var now = Stopwatch.GetTimestamp();
            if (first == 0 && frame.Span.IndexOf("\"chat.delta\""u8) >= 0)
            {
                first = now;
            }
            else if (frame.Span.IndexOf("\"chat.done\""u8) >= 0)
            {
                return new Answer(asked, first, now, Tokens(frame));
            }
            else if (frame.Span.IndexOf("\"error\""u8) >= 0)
            {
                throw new IOException(Encoding.UTF8.GetString(frame.Span));
            }
        }
    }

    private string NextSession() => _plan.Sessions == 0 ? $"{Guid.NewGuid():N}" : $"{_name}-{Random.Shared.Next(_plan.Sessions)}";

    public void Dispose() => _socket.Dispose();

    private static int Tokens(ReadOnlyMemory<byte> done)
    {
        using var document = JsonDocument.Parse(done);
        return document.RootElement.GetProperty("params").GetProperty("usage").GetProperty("output").GetInt32();
    }
}
