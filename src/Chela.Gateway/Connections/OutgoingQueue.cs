using Chela.Gateway.Connections.Streams;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>What waits for one client, in order. Steps of one kind that wait are merged into one. Used under the lock of <see cref="Outbound"/>.</summary>
internal sealed class OutgoingQueue
{
    private const int MaxVoid = 256;

    private Queue<Outgoing> _items = new();
    private Dictionary<string, Step>? _steps;
    private int _void;

    public int Count => _items.Count - _void;

    public void Enqueue(Outgoing item) => _items.Enqueue(item);

    /// <summary>Makes the step that an event is, and takes the one that waits under the same key out of the queue: the new one stands for both.</summary>
    /// <remarks>It goes to the end: what waits in between must not be told after what it was told before.</remarks>
    /// <param name="key">What the event is a step of.</param>
    /// <param name="published">The event.</param>
    /// <param name="encoded">Its bytes.</param>
    /// <param name="replaced">The step that was taken out, if there was one.</param>
    public Step Merge(string key, PublishedEvent published, EncodedEvent encoded, out Step? replaced)
    {
        _steps ??= new Dictionary<string, Step>(StringComparer.Ordinal);
        var step = new Step(key, published.Position, published.Happened, encoded);
        if (_steps.TryGetValue(key, out replaced))
        {
            var both = published.Happened.MergedWith(replaced.Happened);
            step = new Step(key, replaced.First, both, encoded: null);
            replaced.Replace(both);
            if (++_void > MaxVoid && _void > _items.Count / 2)
            {
                Compact();
            }
        }

        return _steps[key] = step;
    }

    /// <summary>What waits now is not merged with what comes.</summary>
    public void EndMerging() => _steps?.Clear();

    /// <summary>Hands over everything; nothing waits afterwards.</summary>
    public Queue<Outgoing> TakeAll(Queue<Outgoing> empty)
    {
        if (_void > 0)
        {
            Compact(); // also because the last frame of a burst has to be one that is sent
        }

        var all = _items;
        _items = empty;
        EndMerging();
        return all;
    }

    /// <summary>Takes out the steps that others stand for, and notes for what is left up to where a client then has everything.</summary>
    private void Compact()
    {
        var items = _items.Where(item => !item.IsVoid).ToArray();
        var first = long.MaxValue;
        for (var i = items.Length - 1; i >= 0; i--)
        {
            if (items[i].Stream is not null)
            {
                items[i] = items[i] with { Safe = Math.Min(items[i].Position, first - 1) };
                first = Math.Min(first, items[i].First);
            }
        }

        (_items, _void) = (new Queue<Outgoing>(items), 0);
    }
}
