using System.Collections.Concurrent;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>The troubles that a platform will have, one for each message, and what reached people between them.</summary>
internal sealed class Troubles
{
    private readonly ConcurrentQueue<Trouble> _next = new();
    private readonly ConcurrentQueue<Arrived> _arrived = new();

    public IReadOnlyList<Arrived> Arrived => [.. _arrived];

    public int Left => _next.Count;

    public void Add(params Trouble[] troubles)
    {
        foreach (var trouble in troubles)
        {
            _next.Enqueue(trouble);
        }
    }

    public void Clear() => _next.Clear();

    /// <summary>What becomes of a message; null where it arrives.</summary>
    public Trouble? Take(string? person, string? text)
    {
        if (_next.TryDequeue(out var trouble))
        {
            return trouble;
        }

        _arrived.Enqueue(new Arrived(person ?? "", text ?? ""));
        return null;
    }
}
