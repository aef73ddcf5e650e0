using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>
/// The first to see a request: finds out where it comes from, sends away addresses that are not on the list, and names that are not
/// the gateway's. What comes behind it reads the <see cref="RequestSource"/> and believes no header of its own.
/// </summary>
internal sealed class FrontDoor(ConfigStore config)
{
    private static readonly string[] Probes = ["/health", "/healthz", "/ready", "/readyz"];

    private static readonly HttpProblem Unattributed = new(
        "Client unknown", StatusCodes.Status403Forbidden,
        "A trusted proxy has to say for whom it asks, in one way: X-Forwarded-For, Forwarded or X-Real-IP. Have it remove what clients send under these names.");

    private static readonly HttpProblem NotOnTheList = new(
        "Address not allowed", StatusCodes.Status403Forbidden, "gateway.allowedAddresses does not hold the address of this client.");

    private static readonly HttpProblem UnknownHost = new(
        "Unknown host", StatusCodes.Status421MisdirectedRequest,
        "The gateway is not known by the name in the Host header. Use its address, or add the name to gateway.hosts.");

    private volatile Prepared? _prepared;

    /// <summary>The rules in force; made anew when the configuration was replaced.</summary>
    public Perimeter Perimeter
    {
        get
        {
            var current = config.Current;
            var prepared = _prepared;
            if (prepared?.From != current)
            {
                _prepared = prepared = new Prepared(current, new Perimeter(current.Config.Gateway));
            }

            return prepared.Perimeter;
        }
    }

    /// <summary>Admits a request, or answers it.</summary>
    public Task PassAsync(HttpContext context, RequestDelegate next)
    {
        var perimeter = Perimeter;
        if (perimeter.SourceOf(context) is not { } source)
        {
            return Unattributed.WriteAsync(context);
        }

        if (!perimeter.Admits(source.Client))
        {
            return NotOnTheList.WriteAsync(context);
        }

        // Probes say nothing that anybody might not know, and those who probe have names of their own for us.
        if (!IsKnown(perimeter.Hosts, context, source) && !Probes.Contains(context.Request.Path.Value))
        {
            return UnknownHost.WriteAsync(context);
        }

        context.Features.Set(source);
        if (source.Scheme == "https" && config.Current.Config.Gateway.Http.SecurityHeaders.StrictTransportSecurity is { } strict)
        {
            context.Response.Headers.StrictTransportSecurity = strict; // RFC 6797 § 7.2: over TLS only
        }

        return next(context);
    }

    private static bool IsKnown(KnownHosts hosts, HttpContext context, RequestSource source) =>
        hosts.Knows(context.Request.Host) && hosts.Knows(source.Host);

    private sealed class Prepared(ConfigSnapshot from, Perimeter perimeter)
    {
        public ConfigSnapshot From => from;

        public Perimeter Perimeter => perimeter;
    }
}
