using System.Net;
using System.Net.Sockets;

namespace Chela.Gateway.Tests.Support;

/// <summary>
/// A network that fails: passes bytes between a client and a server, and cuts each connection without a goodbye after a random
/// number of bytes from the server.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _server;
    private readonly Func<int> _nextBytes;
    private readonly Task _accepting;
    private volatile bool _isReliable;
    private int _cuts;

    /// <param name="server">Where the server listens.</param>
    /// <param name="nextBytes">How many bytes of the server the next connection passes.</param>
    public CuttingProxy(Uri server, Func<int> nextBytes)
    {
        _server = new IPEndPoint(IPAddress.Parse(server.Host), server.Port);
        _nextBytes = nextBytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public Uri Url => new($"ws://{_listener.LocalEndpoint}");

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>From now on nothing is cut.</summary>
    public void BeReliable() => _isReliable = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token), _nextBytes()));
                passing.RemoveAll(task => task.IsCompleted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient client, int bytes)
    {
        using var server = new TcpClient();
        using (client)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            try
            {
                await server.ConnectAsync(_server, _stop.Token);
                var (down, up) = (PassAsync(server, client, bytes, either.Token), PassAsync(client, server, int.MaxValue, either.Token));
                await Task.WhenAny(down, up);
                await either.CancelAsync();
                await Task.WhenAll(down, up);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The end of a connection, ours or theirs.
            }

            client.LingerState = new LingerOption(true, 0); // a reset, as when a network is gone
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, int bytes, CancellationToken ct)
    {
        var buffer = new byte[8192];
        while (await from.GetStream().ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, Math.Max(bytes, 1))), ct) is var read and > 0)
        {
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), ct);
            bytes -= _isReliable || bytes == int.MaxValue ? 0 : read;
            if (bytes <= 0)
            {
                Interlocked.Increment(ref _cuts);
                return;
            }
        }
    }
}
