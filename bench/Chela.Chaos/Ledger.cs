using System.Collections.Concurrent;

namespace Chela.Chaos;

/// <summary>A message as its sender remembers it.</summary>
/// <param name="Client">Who sent it.</param>
/// <param name="Number">The how many-eth of its sender.</param>
/// <param name="IsByWebhook">Whether it came, and is answered, by webhook.</param>
/// <param name="Place">The name of its session, or of its chat.</param>
/// <param name="Text">What was sent.</param>
/// <param name="Reply">What the echo model says to it.</param>
internal sealed record Message(int Client, int Number, bool IsByWebhook, string Place, string Text, string Reply)
{
    /// <summary>Its idempotency key.</summary>
    public string Key => $"c{Client}-{Number}";

    /// <summary>The file that comes with it; null for none.</summary>
    public byte[]? File { get; init; }

    /// <summary>The id of its run.</summary>
    public string RunId => IsByWebhook ? $"webhook:{WebhookDoor.Account}:{Key}" : Key;

    /// <summary>The key of its session.</summary>
    public string Session => IsByWebhook ? $"agent:main:webhook:{WebhookDoor.Account}:direct:{Place}" : $"agent:main:{Place}";
}

/// <summary>Everything that was acknowledged, and everything that was found wrong.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, Message> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = new();
    private int _resent;
    private int _cut;

    public IReadOnlyCollection<string> Faults => _faults;

    public int Acknowledged => _acknowledged.Count;

    public int WithFile => _acknowledged.Values.Count(message => message.File is not null);

    /// <summary>How often sending a message was tried again, because its acknowledgement did not come or as a trial.</summary>
    public int Resent => _resent;

    /// <summary>How often a connection or a request broke off.</summary>
    public int Cut => _cut;

    public IEnumerable<Message> OfSession(string session) => _acknowledged.Values.Where(message => message.Session == session);

    /// <summary>The sessions of all, or of those whose names begin like this.</summary>
    public IReadOnlyList<string> Sessions(string places = "") =>
        [.. _acknowledged.Values.Where(message => message.Place.StartsWith(places, StringComparison.Ordinal)).Select(message => message.Session).Distinct()];

    /// <summary>A message was acknowledged; the answer says whether it was new to the gateway.</summary>
    public void Acknowledge(Message message, bool isNew)
    {
        if (!_acknowledged.TryAdd(message.RunId, message) && isNew)
        {
            Fault($"{message.RunId} was acknowledged, and a second time as if it were new");
        }
    }

    public void SentAgain() => Interlocked.Increment(ref _resent);

    public void CutOff() => Interlocked.Increment(ref _cut);

    public void Fault(string what) => _faults.Enqueue(what);
}
