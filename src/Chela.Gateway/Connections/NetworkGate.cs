using System.Net;
using Chela.Gateway.Access;

namespace Chela.Gateway.Connections;

/// <summary>
/// Bounds those who have not shown yet that they belong here, in total and for each network, so that nobody keeps the others out by
/// opening connections and saying nothing. Holds an entry only for networks that have such a connection now.
/// </summary>
internal sealed class NetworkGate
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byNetwork = [];
    private int _total;

    /// <summary>Lets one more in; false when there are as many as may be. Each success is given back once with <see cref="Leave"/>.</summary>
    public bool TryEnter(IPAddress? address, int max, int maxOfNetwork)
    {
        var network = ClientNetwork.Of(address);
        lock (_gate)
        {
            var here = _byNetwork.GetValueOrDefault(network);
            if (_total >= max || here >= maxOfNetwork)
            {
                return false;
            }

            _total++;
            _byNetwork[network] = here + 1;
            return true;
        }
    }

    /// <summary>It belongs here now, or is gone.</summary>
    public void Leave(IPAddress? address)
    {
        var network = ClientNetwork.Of(address);
        lock (_gate)
        {
            _total--;
            if (--_byNetwork[network] == 0)
            {
                _byNetwork.Remove(network);
            }
        }
    }
}
