using System.Collections.Concurrent;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>The troubles that a platform will have, one for each message, and what reached people between them.</summary>
internal sealed class Troubles
{
    private readonly ConcurrentQueue<Trouble> _next = new();
    private readonly ConcurrentQueue<Arrived> _arrived = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    /// <summary>Waits until what arrived fulfils a condition.</summary>
    public async Task WhenAsync(Func<bool> holds)
    {
        using var patience = Patience.Begin();
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (holds())
            {
                return;
            }

            await changed.WaitAsync(patience.Token);
        }
    }

    /// <summary>What becomes of a message; null where it arrives.</summary>
    public Trouble? Take(string? person, string? text)
    {
        if (_next.TryDequeue(out var trouble))
        {
            return trouble;
        }

        _arrived.Enqueue(new Arrived(person ?? "", text ?? ""));
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return null;
    }
}
