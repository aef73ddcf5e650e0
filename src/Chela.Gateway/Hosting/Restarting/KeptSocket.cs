using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>A socket that is listened on, lent to one server after the other.</summary>
/// <param name="asked">The address that was asked for; its port may be 0.</param>
/// <param name="listener">The open socket.</param>
internal sealed class KeptSocket(EndPoint asked, IConnectionListener listener) : IAsyncDisposable
{
    private Loan? _loan;

    public EndPoint Asked => asked;

    /// <summary>True while no server has it.</summary>
    public bool IsFree => _loan is null;

    /// <summary>Lends it until the server closes what it gets here.</summary>
    public IConnectionListener Lend() => _loan = new Loan(this, listener);

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    /// <summary>The socket as one server sees it: closing it only ends the accepting.</summary>
    private sealed class Loan(KeptSocket socket, IConnectionListener listener) : IConnectionListener
    {
        private readonly CancellationTokenSource _closed = new();

        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token, cancellationToken);
            try
            {
                return await listener.AcceptAsync(either.Token);
            }
            catch (OperationCanceledException) when (_closed.IsCancellationRequested)
            {
                return null;
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await _closed.CancelAsync();

        public async ValueTask DisposeAsync()
        {
            await _closed.CancelAsync();
            socket._loan = null;
        }
    }
}
