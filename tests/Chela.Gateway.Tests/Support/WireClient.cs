using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chela.Gateway.Tests.Support;

/// <summary>A WebSocket client that knows frames of JSON and nothing of what they mean.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly List<JsonElement> _unread = [];
    private readonly List<string> _heard = [];
    private int _lastId;

    private WireClient(ClientWebSocket socket) => _socket = socket;

    /// <summary>Everything that the server said on this connection.</summary>
    public IReadOnlyList<string> Heard => _heard;

    public static async Task<WireClient> OpenAsync(string url, params (string Name, string Value)[] headers)
    {
        using var patience = Patience.Begin();
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        await socket.ConnectAsync(new Uri(url), patience.Token);
        return new WireClient(socket);
    }

    /// <summary>An id that this client has not used.</summary>
    public string NextId() => $"r{Interlocked.Increment(ref _lastId)}";

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool isEnd = true)
    {
        using var patience = Patience.Begin();
        await _socket.SendAsync(bytes, type, isEnd, patience.Token);
    }

    /// <summary>Sends what the server may refuse to read to its end.</summary>
    public async Task TrySendAsync(string text)
    {
        try
        {
            await SendAsync(text);
        }
        catch (WebSocketException)
        {
            // The goodbye says why, and is still to be read.
        }
    }

    /// <summary>The next frame that nobody has received yet.</summary>
    public Task<JsonElement> ReceiveAsync() => ReceiveAsync(_ => true);

    /// <summary>The next frame that fits; others are kept for later.</summary>
    /// <exception cref="InvalidOperationException">The server closed the connection instead.</exception>
    public async Task<JsonElement> ReceiveAsync(Predicate<JsonElement> wanted)
    {
        if (_unread.FindIndex(wanted) is var index and >= 0)
        {
            var found = _unread[index];
            _unread.RemoveAt(index);
            return found;
        }

        while (await ReadAsync() is { } text)
        {
            var frame = JsonElement.Parse(text);
            if (wanted(frame))
            {
                return frame;
            }

            _unread.Add(frame);
        }

        throw new InvalidOperationException(
            $"Closed with {_socket.CloseStatus} '{_socket.CloseStatusDescription}' while a frame was awaited.");
    }

    /// <summary>Waits for a frame that fits, or for the server's goodbye; gives the code of the latter, and does not answer it.</summary>
    public async Task<int?> AnswerOrCloseAsync(Predicate<JsonElement> wanted)
    {
        while (await ReadFrameAsync() is { } text)
        {
            if (wanted(JsonElement.Parse(text)))
            {
                return null;
            }
        }

        return (int)_socket.CloseStatus!;
    }

    /// <summary>Waits for a frame that fits and leaves it, and everything before it, to be received later.</summary>
    public async Task WhenHeardAsync(Predicate<JsonElement> wanted) => _unread.Insert(0, await ReceiveAsync(wanted));

    /// <summary>Reads to the server's goodbye and gives its code and reason; frames on the way are kept.</summary>
    public async Task<(int Code, string Reason)> ClosedAsync()
    {
        while (await ReadAsync() is { } text)
        {
            _unread.Add(JsonElement.Parse(text));
        }

        return ((int)_socket.CloseStatus!, _socket.CloseStatusDescription ?? "");
    }

    /// <summary>Reads what is still on its way when the server is gone.</summary>
    public async Task<IReadOnlyList<JsonElement>> DrainAsync()
    {
        try
        {
            await ClosedAsync();
        }
        catch (WebSocketException)
        {
            // A process that was killed says no goodbye.
        }

        return _unread;
    }

    /// <summary>Ends the connection without a goodbye.</summary>
    public void Abort() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The next frame; null when the server said goodbye, which is answered.</summary>
    private async Task<string?> ReadAsync()
    {
        var text = await ReadFrameAsync();
        if (text is null)
        {
            await AnswerGoodbyeAsync();
        }

        return text;
    }

    private async Task<string?> ReadFrameAsync()
    {
        using var patience = Patience.Begin();
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            WebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer, patience.Token);
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);

            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing more came. Heard so far:\n{string.Join('\n', _heard.TakeLast(5))}");
        }

        var text = Encoding.UTF8.GetString(message.ToArray());
        _heard.Add(text);
        return text;
    }

    private async Task AnswerGoodbyeAsync()
    {
        using var patience = Patience.Begin();
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        }
        catch (WebSocketException)
        {
            // The server did not wait for it.
        }
    }
}
