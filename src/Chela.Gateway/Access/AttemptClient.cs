using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Chela.Gateway.Access;

/// <summary>Which kind of credential is tried; the failures of each are counted by themselves.</summary>
internal enum AttemptKind
{
    /// <summary>The gateway's own: token, password, or the token of an identity provider.</summary>
    SharedSecret,

    /// <summary>A device's own token.</summary>
    DeviceToken,

    /// <summary>The token of a setup code.</summary>
    BootstrapToken,

    /// <summary>The signature of a webhook.</summary>
    Webhook,

    /// <summary>The token of a program that reads metrics.</summary>
    Metrics,
}

/// <summary>Whom failed attempts are counted against.</summary>
/// <param name="Key">The network, or on this machine the web page.</param>
/// <param name="IsExempt">It is made to wait longer and longer, and never locked out.</param>
internal sealed record AttemptClient(string Key, bool IsExempt)
{
    /// <summary>The client behind a request.</summary>
    /// <param name="source">Where it comes from. Loopback behind a proxy is not this machine, so it is not exempt.</param>
    /// <param name="origin">The web page. On loopback pages are told apart by it, as a page that guesses must not lock out another.</param>
    /// <param name="exemptLoopback">The setting <c>gateway.auth.rateLimit.exemptLoopback</c>.</param>
    public static AttemptClient Of(RequestSource source, string? origin, bool exemptLoopback) =>
        origin is not null && source.Client is { } address && IPAddress.IsLoopback(address)
            ? new AttemptClient($"page {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin))[..16])}", IsExempt: false)
            : new AttemptClient(ClientNetwork.Of(source.Client).ToString(), exemptLoopback && origin is null && source.IsLocal);
}
