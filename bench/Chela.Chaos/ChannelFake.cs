using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Chela.Chaos;

/// <summary>
/// The program behind the webhook: takes answers, each piece once, by its key. Now and then it says that it cannot, before or after it
/// has taken a piece.
/// </summary>
internal sealed class ChannelFake : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, string> _pieces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Reply> _replies = new(StringComparer.Ordinal);
    private readonly Ledger _ledger;
    private readonly Random _random;
    private int _again;
    private int _order;

    public ChannelFake(Ledger ledger, int seed)
    {
        (_ledger, _random) = (ledger, new Random(seed));
        Url = $"http://127.0.0.1:{FreePort.Next()}/answers/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = RunAsync();
    }

    public string Url { get; }

    /// <summary>How many pieces came once more under their key.</summary>
    public int Again => _again;

    /// <summary>What arrived of the answer of a run; null while nothing has.</summary>
    public Reply? Of(string runId) => _replies.GetValueOrDefault(runId);

    public void Dispose() => _listener.Close();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The trial is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var body = (await JsonDocument.ParseAsync(context.Request.InputStream)).RootElement;
            var mood = Mood();
            if (mood != 0)
            {
                Take(context.Request.Headers["Idempotency-Key"] ?? "", body);
            }

            context.Response.StatusCode = mood <= 1 ? 503 : 200;
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or JsonException)
        {
            // The gateway died while it was sending.
        }
    }

    /// <summary>0: does not take it and says so; 1: takes it and says that it does not; else takes it.</summary>
    private int Mood()
    {
        lock (_random)
        {
            return _random.Next(100);
        }
    }

    private void Take(string key, JsonElement body)
    {
        var text = body.GetProperty("text").GetString()!;
        if (!_pieces.TryAdd(key, text))
        {
            Interlocked.Increment(ref _again);
            if (_pieces[key] != text)
            {
                _ledger.Fault($"{key} came with two texts");
            }

            return;
        }

        var reply = _replies.GetOrAdd(body.GetProperty("runId").GetString()!, _ => new Reply(Interlocked.Increment(ref _order)));
        if (!reply.TryAdd(body.GetProperty("piece").GetInt32(), body.GetProperty("pieces").GetInt32(), text))
        {
            _ledger.Fault($"{key} is not the piece that comes next");
        }
    }
}

/// <summary>An answer as it arrives.</summary>
/// <param name="order">Its place among all answers, by their first pieces.</param>
internal sealed class Reply(int order)
{
    private readonly List<string> _pieces = [];
    private int _expected;

    public int Order => order;

    public bool IsWhole => _pieces.Count > 0 && _pieces.Count == _expected;

    public string Text => string.Concat(_pieces);

    /// <summary>Adds a piece; false when it is not the next one.</summary>
    public bool TryAdd(int number, int count, string text)
    {
        if (number != _pieces.Count + 1 || (_expected != 0 && _expected != count))
        {
            return false;
        }

        _expected = count;
        _pieces.Add(text);
        return true;
    }
}
