using System.Collections.Concurrent;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Access.Nodes;

/// <summary>
/// The nodes that are connected, and what they may offer: only what somebody approved (02-handshake § 9). What is new waits for
/// that, while the node is connected with what it had.
/// </summary>
internal sealed class NodeRegistry(DeviceTable devices, EventBus events, TimeProvider time)
{
    /// <summary>The most requests that wait at once; the oldest gives way.</summary>
    public const int MaxWaiting = 100;

    private readonly ConcurrentDictionary<string, NodeSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly List<NodeRequest> _waiting = [];

    /// <summary>The requests that wait, oldest first. One is forgotten after five minutes unless its node is still there.</summary>
    public IReadOnlyList<NodeRequest> Waiting
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return [.. _waiting];
            }
        }
    }

    public NodeSession? Find(string nodeId) => _sessions.GetValueOrDefault(nodeId);

    /// <summary>What of a connected node's offer holds.</summary>
    public NodeSurface Effective(NodeSession session) => session.Declared.Within(devices.Find(session.NodeId)?.Surface ?? NodeSurface.Empty);

    /// <summary>A node has connected; an older connection of the same node counts no more.</summary>
    public void Join(NodeSession session)
    {
        _sessions[session.NodeId] = session;
        events.Publish(new NodePresenceEvent(session.NodeId));
        if (!Effective(session).IsSame(session.Declared))
        {
            Ask(session);
        }
    }

    /// <summary>A connection is over.</summary>
    public void Leave(string connectionId)
    {
        foreach (var (nodeId, session) in _sessions)
        {
            if (session.ConnectionId == connectionId)
            {
                _sessions.TryRemove(KeyValuePair.Create(nodeId, session));
            }
        }
    }

    /// <summary>Takes a request out; null when there is none with this id, or no longer.</summary>
    public NodeRequest? Take(string requestId)
    {
        lock (_gate)
        {
            Expire();
            var found = _waiting.Find(request => request.RequestId == requestId);
            if (found is not null)
            {
                _waiting.Remove(found);
            }

            return found;
        }
    }

    private void Ask(NodeSession session)
    {
        var request = NodeRequest.Of(session, Guid.NewGuid().ToString(), NowMs());
        NodeRequest? replaced;
        lock (_gate)
        {
            Expire();
            var old = _waiting.Find(other => other.NodeId == session.NodeId);
            if (old is not null && old.Surface.IsSame(session.Declared))
            {
                return;
            }

            replaced = old ?? (_waiting.Count >= MaxWaiting ? _waiting[0] : null);
            if (replaced is not null)
            {
                _waiting.Remove(replaced);
            }

            _waiting.Add(request);
        }

        if (replaced is not null)
        {
            events.Publish(new NodeResolvedEvent(replaced.RequestId, replaced.NodeId, "rejected", NowMs()));
        }

        events.Publish(new NodeRequestedEvent(request));
    }

    private void Expire()
    {
        var oldest = NowMs() - (long)PairingRequests.Lifetime.TotalMilliseconds;
        _waiting.RemoveAll(request => request.Ts < oldest && !_sessions.ContainsKey(request.NodeId));
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
