using Chela.Gateway.Bus;

namespace Chela.Gateway.Access.Devices;

/// <summary>Tells operators what became of pairing requests.</summary>
internal static class PairingNews
{
    /// <summary>A request was added: the one that it replaced is over, and it is told unless it is known.</summary>
    public static void Tell(EventBus events, (PairingRequest Request, bool IsNew, PairingRequest? Replaced) added, long nowMs)
    {
        if (added.Replaced is { } replaced)
        {
            events.Publish(new PairingResolvedEvent(replaced, isApproved: false, nowMs));
        }

        if (added.IsNew)
        {
            events.Publish(new PairingRequestedEvent(added.Request));
        }
    }
}
