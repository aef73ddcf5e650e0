using Chela.Client.Wire;

namespace Chela.Client;

/// <summary>Hands each event to every subscription and notices gaps in the numbering.</summary>
internal sealed class EventFanOut(long? lastSeq)
{
    private readonly Lock _gate = new();
    private readonly List<GatewayEventSubscription> _subscriptions = [];
    private long? _lastSeq = lastSeq;
    private Exception? _error;
    private bool _ended;

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
        if (seq is not { } number)
        {
            return 0;
        }

        var missed = _lastSeq is { } last && number > last + 1 ? number - last - 1 : 0;
        _lastSeq = number;
        return missed;
    }
}
