using Chela.Contracts.Messages;

namespace Chela.Gateway.Bus;

/// <summary>
/// What the lines of the outbox come to: a queue for each target, the dead letters, and the ids of what is over. Pure; the same lines give
/// the same table, read at the start or applied one by one.
/// </summary>
internal sealed class OutboxTable
{
    private readonly Dictionary<string, OutboxItem> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<ReplyTarget, List<string>> _waiting = [];
    private readonly List<string> _dead = [];
    private readonly HashSet<string> _over = new(StringComparer.Ordinal);
    private readonly Queue<string> _overInOrder = new();

    /// <summary>How many messages wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>How many were given up.</summary>
    public int Dead => _dead.Count;

    /// <summary>The characters of all texts that are kept.</summary>
    public long Chars { get; private set; }

    /// <summary>The targets for which something waits.</summary>
    public IReadOnlyList<ReplyTarget> Targets => [.. _waiting.Keys];

    /// <summary>Everything that waits or was given up: each target's in its order, then the dead letters, the oldest first.</summary>
    public IReadOnlyList<OutboxItem> All => [.. _waiting.Values.SelectMany(queue => queue).Concat(_dead).Select(id => _items[id])];

    public int WaitingFor(ReplyTarget target) => _waiting.TryGetValue(target, out var queue) ? queue.Count : 0;

    /// <summary>The message that a target gets next; null when none waits.</summary>
    public OutboxItem? Next(ReplyTarget target) => _waiting.TryGetValue(target, out var queue) ? _items[queue[0]] : null;

    /// <summary>A message that waits or was given up.</summary>
    public OutboxItem? Find(string id) => _items.GetValueOrDefault(id);

    /// <summary>True for a message that is there or was.</summary>
    public bool Knows(string id) => _items.ContainsKey(id) || _over.Contains(id);

    /// <summary>Takes a step. One of a message that is not there any more changes nothing.</summary>
    public void Apply(OutboxRecord record)
    {
        var item = _items.GetValueOrDefault(record.Id);
        switch (record.Kind)
        {
            case OutboxRecord.Queued:
                Remove(record.Id);
                Add(OutboxItem.Of(record));
                break;
            case OutboxRecord.Over or OutboxRecord.Dropped:
                End(record.Id);
                break;
            case OutboxRecord.Cut when item is not null:
                _items[record.Id] = item with { Pieces = record.Pieces };
                break;
            case OutboxRecord.Sending when item is not null:
                _items[record.Id] = item with { Attempts = record.Attempts };
                break;
            case OutboxRecord.Sent when item is not null && record.Arrived >= item.Count:
                End(record.Id);
                break;
            case OutboxRecord.Sent when item is not null:
                _items[record.Id] = item with { Arrived = record.Arrived, Attempts = 0 };
                break;
            case OutboxRecord.Failed when item is not null:
                Remove(record.Id);
                Add(item with { Reason = record.Reason, FailedAtMs = record.AtMs });
                break;
            case OutboxRecord.Retried when item is not null:
                Remove(record.Id);
                Add(item with { Reason = null, FailedAtMs = null, Attempts = 0 });
                break;
        }
    }

    /// <summary>Lines that come to this table.</summary>
    public IReadOnlyList<OutboxRecord> ToRecords(long nowMs) =>
        [.. _overInOrder.Select(id => new OutboxRecord(OutboxRecord.Over, id, nowMs)), .. All.Select(item => item.ToRecord())];

    private void Add(OutboxItem item)
    {
        _items[item.Message.Id] = item;
        Chars += item.Message.Text.Length;
        if (item.IsDead)
        {
            _dead.Add(item.Message.Id);
            if (_dead.Count > Outbox.MaxDead)
            {
                End(_dead[0]);
            }

            return;
        }

        if (!_waiting.TryGetValue(item.Message.Target, out var queue))
        {
            _waiting[item.Message.Target] = queue = [];
        }

        queue.Add(item.Message.Id);
        Waiting++;
    }

    private void Remove(string id)
    {
        if (!_items.Remove(id, out var item))
        {
            return;
        }

        Chars -= item.Message.Text.Length;
        if (item.IsDead)
        {
            _dead.Remove(id);
            return;
        }

        var queue = _waiting[item.Message.Target];
        queue.Remove(id);
        Waiting--;
        if (queue.Count == 0)
        {
            _waiting.Remove(item.Message.Target);
        }
    }

    private void End(string id)
    {
        Remove(id);
        if (!_over.Add(id))
        {
            return;
        }

        _overInOrder.Enqueue(id);
        if (_overInOrder.Count > Outbox.MaxRemembered)
        {
            _over.Remove(_overInOrder.Dequeue());
        }
    }
}
