using System.Net;
using System.Net.NetworkInformation;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Access;

/// <summary>
/// Who a user is by the word of a reverse proxy that has asked him (02-handshake § 7.1). Only the proxy itself is believed: whoever
/// reaches the gateway past it could write the same headers.
/// </summary>
internal sealed class ProxyIdentity(ConfigStore config)
{
    private const int MaxUserLength = 256;

    public CredentialVerdict Check(ShownCredential shown)
    {
        var auth = config.Current.Config.Gateway.Auth;
        var reason = SourceRefusal(shown.Source, auth.TrustedProxy) ?? HeaderRefusal(shown.Headers, auth.TrustedProxy);
        if (reason is not null)
        {
            return new CredentialVerdict(AuthMode.TrustedProxy, reason);
        }

        var user = shown.Headers[auth.TrustedProxy.UserHeader!].ToString().Trim();
        return new CredentialVerdict(AuthMode.TrustedProxy, null)
        {
            UserId = user,
            Scopes = auth.IdentityScopes.Count == 0 ? null : ScopeGrant.Parse(auth.IdentityScopes.GetValueOrDefault(user) ?? []),
        };
    }

    private static string? SourceRefusal(RequestSource source, TrustedProxyConfig settings)
    {
        if (!source.IsFromTrustedProxy || source.Peer is not { } peer)
        {
            return AuthReason.UntrustedSource;
        }

        return IPAddress.IsLoopback(peer) ? (settings.AllowLoopback ? null : AuthReason.LoopbackSource)
            : IsOwn(peer) ? AuthReason.LocalInterfaceSource
            : null;
    }

    private static string? HeaderRefusal(IHeaderDictionary headers, TrustedProxyConfig settings)
    {
        if (settings.RequiredHeaders.Append(settings.UserHeader!).FirstOrDefault(name => string.IsNullOrWhiteSpace(headers[name])) is { } missing)
        {
            return $"{AuthReason.MissingHeaderPrefix}{missing.ToLowerInvariant()}";
        }

        // Two values mean that a client's own was let through.
        var users = headers[settings.UserHeader!];
        return users.Count != 1 || users.ToString().Length > MaxUserLength ? AuthReason.AmbiguousUser
            : settings.AllowUsers.Count > 0 && !settings.AllowUsers.Contains(users.ToString().Trim(), StringComparer.Ordinal) ? AuthReason.UserNotAllowed
            : null;
    }

    /// <summary>True for an address of this machine: a program here, not the proxy.</summary>
    private static bool IsOwn(IPAddress peer) => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Any(own => AddressRange.Plain(own.Address).Equals(peer));
}
