using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>Carries events from the bus to every client that is to hear them; each is encoded once per dialect.</summary>
internal sealed class EventFanout
{
    private readonly ConnectionTable _connections;

    public EventFanout(ConnectionTable connections, EventBus events)
    {
        _connections = connections;
        events.Subscribe(Publish);
    }

    private void Publish(GatewayEvent happened)
    {
        var encoded = new EncodedEvent?[Enum.GetValues<Dialect>().Length];
        var isEncoded = new bool[encoded.Length];
        foreach (var connection in _connections.All)
        {
            if (!connection.Hears(happened))
            {
                continue;
            }

            var dialect = (int)connection.Dialect.Name;
            if (!isEncoded[dialect])
            {
                encoded[dialect] = connection.Dialect.Encode(happened);
                isEncoded[dialect] = true;
            }

            if (encoded[dialect] is { } bytes)
            {
                connection.Tell(happened, bytes);
            }
        }
    }
}
