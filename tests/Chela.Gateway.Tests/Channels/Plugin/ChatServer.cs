using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Plugin;

/// <summary>What the sample plugin connects to: a chat server that speaks lines over TCP.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string[]> _heard = new();
    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly ConcurrentDictionary<string, string> _unread = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _connected = new(0);
    private readonly Task _work;
    private volatile TcpClient? _client;
    private int _connections;

    public ChatServer()
    {
        _listener.Start();
        _work = RunAsync();
    }

    /// <summary>Whether it says that it has what it was sent.</summary>
    public bool IsMute { get; init; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The texts that arrived, each with its person, once for each key.</summary>
    public IReadOnlyList<(string Person, string Text)> Texts => [.. _heard.Where(words => words[0] == "taken send").Select(words => (words[2], words[3].Replace("\\n", "\n", StringComparison.Ordinal)))];

    /// <summary>The files that arrived, each with its person, name and content.</summary>
    public IReadOnlyList<(string Person, string Name, string Content)> Files =>
        [.. _heard.Where(words => words[0] == "taken file").Select(words => (words[2], words[3], Encoding.UTF8.GetString(Convert.FromBase64String(words[4]))))];

    /// <summary>The account that connects to it.</summary>
    public JsonObject Account(string settings = """{ "allowFrom": ["anna"] }""")
    {
        var account = JsonNode.Parse(settings)!.AsObject();
        account["plugin"] = "hello";
        account["settings"] = new JsonObject { ["host"] = "127.0.0.1", ["port"] = ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture) };
        return account;
    }

    /// <summary>How many troubles are still to come.</summary>
    public int TroublesLeft => _troubles.Count;

    /// <summary>Has somebody say something; it is said again over each connection until the plugin says that the gateway has it.</summary>
    public Task TellAsync(string person, string text, string id) => WriteAsync(_unread[id] = $"say\t{id}\t{person}\t{text}");

    /// <summary>The same; returns when the gateway has it.</summary>
    public async Task SayAsync(string person, string text, string id)
    {
        var before = Oks(id);
        await TellAsync(person, text, id);
        await Patience.UntilAsync(_ => Task.FromResult(Oks(id) > before), $"the gateway has {id}");
    }

    /// <summary>Has it answer otherwise to the next messages, one by each word; none at all where that is empty.</summary>
    public void Fail(IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            _troubles.Enqueue(word);
        }
    }

    public void Recover() => _troubles.Clear();

    /// <summary>Waits for the next connection.</summary>
    public async Task ConnectedAsync()
    {
        using var patience = Patience.Begin();
        await _connected.WaitAsync(patience.Token);
    }

    public void HangUp() => _client?.Dispose();

    public Task WhenAsync(Func<ChatServer, bool> holds, string what) => Patience.UntilAsync(_ => Task.FromResult(holds(this)), what);

    /// <summary>What was said to it, and not yet taken.</summary>
    public bool WasAsked(string text) => _heard.Any(words => words[0] == "send" && words[3] == text);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        HangUp();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _connected.Dispose();
        _writing.Dispose();
    }

    private int Oks(string id) => _heard.Count(words => words[0] == "ok" && words[1] == id);

    private async Task RunAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            _client = client;
            Interlocked.Increment(ref _connections);
            _connected.Release();
            _ = ReadAsync(client); // ends with the connection
            foreach (var line in _unread.Values)
            {
                await WriteAsync(line);
            }
        }
    }

    private async Task ReadAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream());
        while (await reader.ReadLineAsync(_stopping.Token) is { } line)
        {
            var words = line.Split('\t');
            _heard.Enqueue(words);
            if (words[0] == "ok")
            {
                _unread.TryRemove(words[1], out _);
            }
            else if (!IsMute)
            {
                await AnswerAsync(words);
            }
        }
    }

    private async Task AnswerAsync(string[] words)
    {
        var isTrouble = _troubles.TryDequeue(out var trouble);
        if (!isTrouble && !_heard.Any(known => known[0].StartsWith("taken", StringComparison.Ordinal) && known[1] == words[1]))
        {
            _heard.Enqueue([$"taken {words[0]}", .. words[1..]]);
        }

        if (trouble is not "")
        {
            await WriteAsync($"{trouble ?? "sent"}\t{words[1]}");
        }
    }

    private async Task WriteAsync(string line)
    {
        await _writing.WaitAsync(_stopping.Token);
        try
        {
            if (_client is { } client)
            {
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), _stopping.Token);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The connection is gone: what is to be known is said over the next one.
        }
        finally
        {
            _writing.Release();
        }
    }
}
