using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Chela.Gateway.Connections;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Tests.Connections;

/// <summary>Two real WebSockets that talk through memory: the gateway's, corked as in production, and the client's.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly byte[] _buffer = new byte[256 * 1024];

    public SocketPair()
    {
        // Nothing holds up a writer but the trial stream.
        var options = new PipeOptions(pauseWriterThreshold: 0);
        var (down, up) = (new Pipe(options), new Pipe(options));
        Stream = new TrialStream(up.Reader.AsStream(), down.Writer.AsStream());
        ClientStream = new TrialStream(down.Reader.AsStream(), up.Writer.AsStream());
        var corked = new CorkedStream(Stream);
        Server = new UpgradedSocket(WebSocket.CreateFromStream(corked, new WebSocketCreationOptions { IsServer = true }), corked);
        Client = WebSocket.CreateFromStream(ClientStream, new WebSocketCreationOptions());
    }

    public UpgradedSocket Server { get; }

    public WebSocket Client { get; }

    /// <summary>What lies under the gateway's end.</summary>
    public TrialStream Stream { get; }

    /// <summary>What lies under the client's end.</summary>
    public TrialStream ClientStream { get; }

    /// <summary>A frame as the gateway's queue takes it.</summary>
    public static (byte[] Rented, int Length) Frame(string text)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
        return (rented, Encoding.UTF8.GetBytes(text, rented));
    }

    /// <summary>The next message that the client gets; null for a close.</summary>
    public async Task<string?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await Client.ReceiveAsync(_buffer.AsMemory(length), TestContext.Current.CancellationToken);
            length += part.Count;
            if (part.EndOfMessage)
            {
                return part.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }

    /// <summary>Everything up to the close, and the close.</summary>
    public async Task<(List<string> Messages, WireClose Close)> ReceiveAllAsync()
    {
        var messages = new List<string>();
        while (await ReceiveAsync() is { } message)
        {
            messages.Add(message);
        }

        return (messages, new WireClose((int)Client.CloseStatus!, Client.CloseStatusDescription ?? ""));
    }

    public Task SendAsync(string text) => Client.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        Client.Dispose();
        Server.Socket.Dispose();
    }
}
