using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Chela.Contracts.Events;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>One socket to listen on.</summary>
/// <param name="EndPoint">Address and port.</param>
/// <param name="Key">The setting that asks for it, for messages.</param>
/// <param name="Dialect">What is spoken there, as the configuration names it.</param>
/// <param name="IsFirst">True for the first of the sockets that one setting asks for.</param>
internal sealed record Listener(IPEndPoint EndPoint, string Key, string Dialect, bool IsFirst);

/// <summary>Everything that the gateway listens on, and what is said when it cannot.</summary>
internal sealed class Listeners
{
    private readonly List<Listener> _all = [];
    private readonly bool _isEncrypted;
    private readonly TimeSpan _handshake;

    /// <exception cref="StartException">An address is not here, or is too open for the way clients show who they are.</exception>
    public Listeners(GatewayConfig config, Func<IEnumerable<IPAddress>> local)
    {
        _isEncrypted = config.Tls.Enabled;
        _handshake = TimeSpan.FromMilliseconds(config.Limits.HandshakeTimeoutMs);
        Add(config.Port, config.Bind, "gateway.port", ListenerConfig.OpenClaw);
        foreach (var (index, extra) in config.Listeners.Index())
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"gateway.listeners[{index}]");
            Add(extra.Port, extra.Bind ?? config.Bind, key, extra.Dialect ?? ListenerConfig.OpenClaw);
        }

        if (Open is { } open && config.Auth.ModeInForce() == AuthMode.None)
        {
            throw new StartException(
                StartFailure.Configuration,
                $"refusing to bind gateway to {open.EndPoint.Address} ({open.Key}) without authentication; set gateway.auth.mode, or listen on loopback only");
        }

        void Add(int port, string bind, string key, string dialect)
        {
            var addresses = ListenAddress.Of(bind, config.CustomBindHost, local);
            var several = port == 0 ? addresses.Take(1) : addresses; // any free port is another one for each address
            _all.AddRange(several.Select((address, index) => new Listener(new IPEndPoint(address, port), key, dialect, index == 0)));
        }
    }

    /// <summary>In the order of the settings.</summary>
    public IReadOnlyList<Listener> All => _all;

    /// <summary>How addresses of the gateway begin.</summary>
    public string Scheme => _isEncrypted ? "wss" : "ws";

    /// <summary>What the user should know of the addresses.</summary>
    public IEnumerable<string> Warnings => !_isEncrypted && Open is { } open
        ? [$"{open.EndPoint.Address} ({open.Key}) can be reached from other machines without TLS: whoever is on the way reads the token. Set gateway.tls.enabled, put a reverse proxy with TLS in front, or use a VPN."]
        : [];

    /// <summary>The first that other machines reach; null where none is.</summary>
    private Listener? Open => _all.Find(listener => !IPAddress.IsLoopback(listener.EndPoint.Address));

    /// <summary>Has the server listen, behind the door where there is one.</summary>
    public void Apply(KestrelServerOptions kestrel, TlsDoor? tls)
    {
        var gate = kestrel.ApplicationServices.GetRequiredService<TcpGate>();
        foreach (var listener in _all)
        {
            var dialect = new ListenerDialect(DialectOf(listener.Dialect));
            kestrel.Listen(listener.EndPoint, options =>
            {
                options.Protocols = HttpProtocols.Http1; // WebSockets of our own need the connection to themselves
                options.Use(gate.Bound).Use(dialect.Mark);
                tls?.Guard(options, _handshake);
            });
        }
    }

    /// <summary>What to tell the user when listening failed.</summary>
    /// <param name="at">The address that could not be listened on.</param>
    public StartException Refused(Exception e, EndPoint? at)
    {
        var failed = _all.Find(listener => listener.EndPoint.Equals(at)) ?? _all[0];
        var (address, port) = (failed.EndPoint.Address, failed.EndPoint.Port);
        var (choice, bind) = failed.Key == "gateway.port" ? ("--port or gateway.port", "--bind or gateway.bind") : ($"{failed.Key}.port", $"{failed.Key}.bind");
        var message = e is SocketException { SocketErrorCode: SocketError.AddressNotAvailable }
            ? $"{address} is not an address of this machine; give another with {bind}"
            : e is SocketException
                ? $"port {port} on {address} cannot be listened on: {e.Message}; choose another with {choice}"
                : $"port {port} on {address} is taken by another program; choose another with {choice}";
        return new StartException(StartFailure.AddressUnavailable, message, e);
    }

    /// <summary>One address for each setting that asks for a port, in their order.</summary>
    /// <param name="bound">Where each of the sockets listens, with the port that it was given.</param>
    public GatewayListener[] UrlsAt(IEnumerable<Uri> bound) =>
    [
        .. _all.Zip(bound)
            .Where(pair => pair.First.IsFirst)
            .Select(pair => new GatewayListener($"{Scheme}://{new IPEndPoint(Nearest(pair.First.EndPoint.Address), pair.Second.Port)}", pair.First.Dialect)),
    ];

    /// <summary>Where devices can come in: where the dialect of their handshake is spoken.</summary>
    public IEnumerable<IPEndPoint> DoorsAt(IEnumerable<Uri> bound) => _all.Zip(bound)
        .Where(pair => pair.First.Dialect == ListenerConfig.OpenClaw)
        .Select(pair => new IPEndPoint(pair.First.EndPoint.Address, pair.Second.Port));

    // All addresses is none that a client can use; the nearest of them is.
    private static IPAddress Nearest(IPAddress address) =>
        address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;

    private static Dialect DialectOf(string name) => name switch
    {
        ListenerConfig.JsonRpc => Dialect.JsonRpc,
        ListenerConfig.Plain => Dialect.Plain,
        ListenerConfig.Session => Dialect.Session,
        _ => Dialect.OpenClaw,
    };
}
