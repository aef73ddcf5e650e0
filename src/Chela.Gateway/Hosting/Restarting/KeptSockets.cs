using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>
/// Opens the sockets that the server listens on, and keeps them open from one server of this process to the next: who connects in between waits
/// for a moment and is not refused. Used by one server at a time.
/// </summary>
internal sealed class KeptSockets : IConnectionListenerFactory, IAsyncDisposable
{
    private readonly SocketTransportFactory _transport = new(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
    private readonly List<KeptSocket> _all = [];

    /// <summary>The address that could not be listened on; null where none failed.</summary>
    public EndPoint? Failed { get; private set; }

    /// <summary>Gives the server a socket that is open already, also where any free port was asked for, or opens one.</summary>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (_all.Find(socket => socket.IsFree && socket.Asked.Equals(endpoint)) is { } kept)
        {
            return kept.Lend();
        }

        Failed = endpoint;
        var opened = new KeptSocket(endpoint, await _transport.BindAsync(endpoint, cancellationToken));
        Failed = null;
        _all.Add(opened);
        return opened.Lend();
    }

    /// <summary>Closes those that nobody asks for any more, before others are opened in whose way they may be.</summary>
    public async Task KeepOnlyAsync(IEnumerable<EndPoint> asked)
    {
        var wanted = asked.ToList();
        foreach (var socket in _all.Where(socket => !wanted.Remove(socket.Asked)).ToArray())
        {
            _all.Remove(socket);
            await socket.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await KeepOnlyAsync([]);
}
