using Chela.Client.Wire;

namespace Chela.Client;

/// <summary>Hands each event to every subscription and notices gaps in the numbering.</summary>
internal sealed class EventFanOut(long? lastSeq)
{
    private readonly Lock _gate = new();
    private readonly List<GatewayEventSubscription> _subscriptions = [];
    private long? _lastSeq = lastSeq;
    private long _lost;
    private Exception? _error;
    private bool _ended;

    /// <summary>The number of the last event; zero before the first. Read by the one reader of the connection.</summary>
    public long LastSeq => _lastSeq ?? 0;

    /// <summary>Another stream of events begins, and what may have come in between is lost: the next event says so.</summary>
    public void Restart(long? lastSeq) => (_lastSeq, _lost) = (lastSeq, _lost + 1);

    public GatewayEventSubscription Subscribe(GatewayEventFilter filter, int capacity)
    {
        var subscription = new GatewayEventSubscription(filter, capacity, Remove);
        lock (_gate)
        {
            if (_ended)
            {
                subscription.End(_error);
            }
            else
            {
                _subscriptions.Add(subscription);
            }
        }

        return subscription;
    }

    public void Publish(IncomingFrame frame, string name)
    {
        var message = new GatewayEventMessage(name, frame.Payload, frame.Seq, MissedBefore(frame.Seq));
        lock (_gate)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.Offer(message);
            }
        }
    }

    public void End(Exception? error)
    {
        lock (_gate)
        {
            _ended = true;
            _error = error;
            foreach (var subscription in _subscriptions)
            {
                subscription.End(error);
            }
        }
    }

    private void Remove(GatewayEventSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private long MissedBefore(long? seq)
    {
        var missed = _lost;
        _lost = 0;
        if (seq is { } number)
        {
            missed += _lastSeq is { } last && number > last + 1 ? number - last - 1 : 0;
            _lastSeq = number;
        }

        return missed;
    }
}
