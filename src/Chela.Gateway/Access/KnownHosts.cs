using System.Net;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Access;

/// <summary>
/// The names under which the gateway may be asked for. A page at <c>evil.example</c> can make that name point at this machine and then
/// speak with the gateway as its own server; but it cannot make its browser send another Host.
/// </summary>
internal sealed class KnownHosts
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _suffixes = [];

    public KnownHosts(GatewayConfig config)
    {
        var machine = Environment.MachineName;
        _names.UnionWith([machine, $"{machine}.local", Dns.GetHostName(), config.Bind]);
        if (config.Bind == BindRule.Tailnet)
        {
            _suffixes.Add(".ts.net");
        }

        foreach (var host in config.Hosts)
        {
            if (host.StartsWith("*.", StringComparison.Ordinal))
            {
                _suffixes.Add(host[1..]);
            }
            else
            {
                _names.Add(host);
            }
        }

        // A page that may connect anyway gains nothing by its name.
        _names.UnionWith(config.ControlUi.AllowedOrigins.Where(origin => origin != "*").Select(origin => new Uri(origin).IdnHost));
    }

    /// <summary>True for addresses, for this machine's names and for those that were configured. No name at all comes from no browser.</summary>
    public bool Knows(HostString host)
    {
        if (!host.HasValue)
        {
            return true;
        }

        var name = NameOf(host);
        return IsAddress(name) || IsLocalName(name) || _names.Contains(name)
            || _suffixes.Exists(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && name.Length > suffix.Length);
    }

    /// <summary>True for the names and addresses by which a machine means itself.</summary>
    public static bool IsLoopback(HostString host)
    {
        var name = NameOf(host);
        return IsLocalName(name) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(AddressRange.Plain(address)));
    }

    // A trailing dot is the same name.
    private static string NameOf(HostString host) => host.Host.Trim('[', ']').TrimEnd('.');

    private static bool IsAddress(string name) => AddressRange.TryParseAddress(name, out _);

    private static bool IsLocalName(string name) =>
        name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
