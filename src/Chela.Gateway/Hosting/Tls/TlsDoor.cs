using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.Tls;

/// <summary>
/// The gateway's side of TLS. A certificate that is replaced on disk is shown to those who come after that; one that cannot be used changes nothing.
/// </summary>
internal sealed partial class TlsDoor : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SoonEnds = TimeSpan.FromDays(14);

    private readonly CertificateFiles _files;
    private readonly TimeProvider _time;
    private string _stamp;
    private volatile Shown _shown;
    private ITimer? _look;

    private TlsDoor(CertificateFiles files, bool isOwn, TimeProvider time)
    {
        _files = files;
        _time = time;
        _stamp = files.Stamp();
        _shown = new Shown(files.Read());
        IsOwn = isOwn;
    }

    /// <summary>True for the certificate that the gateway made for itself.</summary>
    public bool IsOwn { get; }

    /// <summary>Who the gateway shows that it is.</summary>
    public ServerIdentity Identity => _shown.Identity;

    /// <summary>What the user should know of the certificate; null where nothing is the matter.</summary>
    public string? Warning => Identity.EndsAt - _time.GetUtcNow() is var left && left > SoonEnds ? null
        : left > TimeSpan.Zero ? $"the certificate ends at {Identity.EndsAt:u}; put a new one in its place, it is taken up without a restart"
        : $"the certificate ended at {Identity.EndsAt:u}, and clients refuse it; put a new one in its place, it is taken up without a restart";

    /// <summary>Opens the door; null where the configuration wants none.</summary>
    /// <exception cref="CertificateException">The certificate cannot be used.</exception>
    /// <exception cref="IOException">The gateway's own certificate cannot be written.</exception>
    public static async Task<TlsDoor?> OpenAsync(GatewayConfig gateway, StatePaths paths, TimeProvider time, CancellationToken ct) =>
        !gateway.Tls.Enabled ? null
        : CertificateFiles.Named(gateway.Tls) is { } named ? new TlsDoor(named, isOwn: false, time)
        : new TlsDoor(await OwnCertificate.ReadOrMakeAsync(paths.CertificateFile, NamesOf(gateway), time, ct), isOwn: true, time);

    /// <summary>Has everything that comes in there come encrypted.</summary>
    public void Guard(ListenOptions listen, TimeSpan handshake) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(_shown.Options),
        HandshakeTimeout = handshake,
    });

    /// <summary>From now on takes up what is put in place of the certificate, and tells who the gateway is then.</summary>
    public void Watch(ILogger<TlsDoor> logger, Action<ServerIdentity> onChanged)
    {
        var look = _time.CreateTimer(_ => LookAgain(logger, onChanged), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _look = look;
        look.Change(LookEvery, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches no more.</summary>
    public ValueTask DisposeAsync() => _look?.DisposeAsync() ?? default;

    private static IEnumerable<string> NamesOf(GatewayConfig gateway) =>
        [.. gateway.Hosts, "localhost", Dns.GetHostName(), .. ListenAddress.Local().Select(address => address.ToString().Split('%')[0])];

    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a look: whatever fails, the process lives and the next look is made all the same.")]
    private void LookAgain(ILogger logger, Action<ServerIdentity> onChanged)
    {
        try
        {
            var stamp = _files.Stamp();
            if (stamp != _stamp)
            {
                _stamp = stamp; // each content is tried once; the key of a new certificate comes with another stamp
                TakeUp(logger, onChanged);
            }
        }
        catch (Exception e)
        {
            Log.Failed(logger, e);
        }
        finally
        {
            _look!.Change(LookEvery, Timeout.InfiniteTimeSpan);
        }
    }

    private void TakeUp(ILogger logger, Action<ServerIdentity> onChanged)
    {
        try
        {
            var shown = new Shown(_files.Read());
            if (shown.Identity.Fingerprint != Identity.Fingerprint)
            {
                _shown = shown;
                onChanged(shown.Identity);
                Log.Replaced(logger, shown.Identity.Fingerprint, shown.Identity.EndsAt);
            }
        }
        catch (Exception e) when (e is CertificateException or IOException)
        {
            Log.Refused(logger, e.Message);
        }
    }

    private sealed record Shown(ServerIdentity Identity)
    {
        public SslServerAuthenticationOptions Options { get; } = new()
        {
            ServerCertificateContext = Identity.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1480, LogLevel.Information, "A new certificate is shown: SHA-256 {Fingerprint}, until {EndsAt:u}")]
        public static partial void Replaced(ILogger logger, string fingerprint, DateTimeOffset endsAt);

        [LoggerMessage(1481, LogLevel.Warning, "The certificate was changed but not taken up: {Why}")]
        public static partial void Refused(ILogger logger, string why);

        [LoggerMessage(1482, LogLevel.Error, "The certificate could not be looked at; it is looked at again")]
        public static partial void Failed(ILogger logger, Exception e);
    }
}
