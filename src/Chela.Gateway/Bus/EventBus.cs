using System.Collections.Immutable;
using Chela.Contracts.Events;

namespace Chela.Gateway.Bus;

/// <summary>
/// Carries events to whoever tells them on. Nothing is kept: a listener that needs a queue has its own, bounded one.
/// </summary>
internal sealed class EventBus
{
    private ImmutableArray<Action<GatewayEvent>> _listeners = [];

    /// <summary>Adds a listener for the life of the process. It must not block: it runs on the thread that publishes.</summary>
    public void Subscribe(Action<GatewayEvent> listener) =>
        ImmutableInterlocked.Update(ref _listeners, (all, added) => all.Add(added), listener);

    /// <summary>Tells every listener, in the order in which one publisher calls this.</summary>
    public void Publish(GatewayEvent happened)
    {
        foreach (var listener in _listeners)
        {
            listener(happened);
        }
    }
}
