using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The sessions in memory, in the order of their last change. A change costs the same whether there are ten sessions or a hundred
/// thousand. Not for several threads.
/// </summary>
internal sealed class SessionIndex
{
    /// <summary>A page that begins before is found by walking; for one further down a list is made, which serves until something changes.</summary>
    private const int Near = 1_000;

    /// <summary>After so many changes the texts that are searched are put together anew.</summary>
    private const int MostChanges = 1_000;

    private readonly LinkedList<SearchableSession> _newestFirst = new();
    private readonly Dictionary<SessionKey, LinkedListNode<SearchableSession>> _byKey = [];
    private readonly Dictionary<string, SessionKey> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _perAgent = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Agent, string Label), SessionKey> _byLabel = [];
    private readonly Dictionary<string, HashSet<SessionKey>> _spawned = new(StringComparer.Ordinal);
    private SessionEntry[]? _all;
    private SessionEntry[]? _listed;
    private readonly HashSet<SessionEntry> _replaced = new(ReferenceEqualityComparer.Instance);
    private SessionTexts? _texts;
    private int _changes;

    public int Count => _byKey.Count;

    /// <summary>All of them, newest first; the list does not change any more.</summary>
    public IReadOnlyList<SessionEntry> All => _all ??= [.. _newestFirst.Select(session => session.Entry)];

    /// <summary>The same, ready to be looked through. After a change only what changed is put together anew.</summary>
    public SessionView View
    {
        get
        {
            _texts ??= new SessionTexts(_newestFirst);
            var unchanged = _texts.NewestFirst.FirstOrDefault(entry => !_replaced.Contains(entry));
            var changed = _newestFirst.TakeWhile(session => !ReferenceEquals(session.Entry, unchanged)); // every change brings a session to the front
            return new SessionView([.. changed], _texts, new HashSet<SessionEntry>(_replaced, ReferenceEqualityComparer.Instance));
        }
    }

    /// <summary>The session of this key; null when there is none.</summary>
    public SessionEntry? Find(SessionKey key) => _byKey.GetValueOrDefault(key)?.Value.Entry;

    /// <summary>The session with this transcript; null when there is none.</summary>
    public SessionEntry? FindById(string sessionId) => _byId.TryGetValue(sessionId, out var key) ? Find(key) : null;

    /// <summary>The session of an agent that has this label; null when there is none.</summary>
    public SessionEntry? FindByLabel(string agentId, string label) => _byLabel.TryGetValue((agentId, label), out var key) ? Find(key) : null;

    /// <summary>How many sessions are not archived.</summary>
    public int Unarchived { get; private set; }

    /// <summary>How many sessions an agent has.</summary>
    public int CountOf(string agentId) => _perAgent.GetValueOrDefault(agentId);

    /// <summary>The sessions that this one had made for parts of its task.</summary>
    public IReadOnlyList<SessionEntry> SpawnedBy(SessionKey key) => [.. _spawned.GetValueOrDefault(key.Value, []).Select(Find).OfType<SessionEntry>()];

    /// <summary>The newest that are not archived, but for the first few.</summary>
    public IReadOnlyList<SessionEntry> Page(int offset, int limit)
    {
        var listed = _newestFirst.Select(session => session.Entry).Where(entry => !entry.IsArchived);
        return [.. (offset > Near ? _listed ??= [.. listed] : _listed ?? listed).Skip(offset).Take(limit)];
    }

    /// <summary>Adds a session or puts it in the place of what was known of it, as the one that changed last.</summary>
    public void Put(SessionKey key, SessionEntry entry)
    {
        var before = TakeOut(key);
        _byKey[key] = _newestFirst.AddFirst(before?.With(entry) ?? SearchableSession.Of(entry));
        _byId[entry.SessionId] = key;
        if (entry.Label is { } label)
        {
            _byLabel[(key.AgentId, label)] = key;
        }

        if (entry.Spawn is { By: var parent })
        {
            if (!_spawned.TryGetValue(parent, out var siblings))
            {
                _spawned[parent] = siblings = [];
            }

            siblings.Add(key);
        }

        Unarchived += entry.IsArchived ? 0 : 1;
        _perAgent[key.AgentId] = CountOf(key.AgentId) + 1;
        Changed(before?.Entry);
    }

    /// <summary>Removes a session; gives what was known of it.</summary>
    public SessionEntry? Remove(SessionKey key)
    {
        var removed = TakeOut(key)?.Entry;
        Changed(removed);
        return removed;
    }

    private SearchableSession? TakeOut(SessionKey key)
    {
        if (!_byKey.Remove(key, out var node))
        {
            return null;
        }

        var entry = node.Value.Entry;
        _newestFirst.Remove(node);
        _byId.Remove(entry.SessionId);
        if (entry.Label is { } label && _byLabel.GetValueOrDefault((key.AgentId, label)) == key)
        {
            _byLabel.Remove((key.AgentId, label));
        }

        if (entry.Spawn is { By: var parent } && _spawned[parent] is var siblings && siblings.Remove(key) && siblings.Count == 0)
        {
            _spawned.Remove(parent);
        }

        Unarchived -= entry.IsArchived ? 0 : 1;
        if (--_perAgent[key.AgentId] == 0)
        {
            _perAgent.Remove(key.AgentId);
        }

        return node.Value;
    }

    private void Changed(SessionEntry? replaced)
    {
        (_all, _listed) = (null, null);
        if (++_changes > MostChanges || _texts is null)
        {
            _texts = null;
            _changes = 0;
            _replaced.Clear();
        }
        else if (replaced is not null)
        {
            _replaced.Add(replaced);
        }
    }
}
