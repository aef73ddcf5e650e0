using System.Net;
using Chela.Gateway.Config;
using Microsoft.Extensions.Primitives;

namespace Chela.Gateway.Access;

/// <summary>
/// The chain of addresses that proxies wrote into a request, and the client in it. Each proxy appends whom it spoke with, so the chain
/// is believed from its right end, as far as the proxies in it are trusted; what stands left of that anybody may have written.
/// </summary>
internal static class ForwardedHops
{
    /// <summary>The hops of <c>X-Forwarded-For</c> in the order written; an unreadable one is null.</summary>
    public static IReadOnlyList<IPAddress?> OfForwardedFor(StringValues lines) => [.. Items(lines, ',').Select(Node)];

    /// <summary>The hops of <c>Forwarded</c> (RFC 7239); an element that does not say for whom is null, like an unreadable one.</summary>
    public static IReadOnlyList<IPAddress?> OfForwarded(StringValues lines) =>
    [
        .. Items(lines, ',').Select(element => Parameter(element, "for") is { } node ? Node(node) : null),
    ];

    /// <summary>The rightmost hop that is no trusted proxy; the leftmost of all when every one is. Null when the chain cannot be read that far.</summary>
    public static IPAddress? Client(IReadOnlyList<IPAddress?> hops, Predicate<IPAddress> isTrusted)
    {
        for (var i = hops.Count - 1; i > 0; i--)
        {
            if (hops[i] is not { } hop || !isTrusted(hop))
            {
                return hops[i];
            }
        }

        return hops[0];
    }

    private static IEnumerable<string> Items(StringValues lines, char separator) =>
        lines.SelectMany(line => (line ?? "").Split(separator)).Select(item => item.Trim()).Where(item => item.Length > 0);

    private static string? Parameter(string element, string name)
    {
        foreach (var pair in element.Split(';', StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair[(equals + 1)..].Trim().Trim('"');
            }
        }

        return null;
    }

    /// <summary>An address with or without a port; IPv6 in brackets where there is one.</summary>
    private static IPAddress? Node(string text)
    {
        var close = text.IndexOf(']', StringComparison.Ordinal);
        var address = text.StartsWith('[') && close > 0 ? text[1..close]
            : text.Count(letter => letter == ':') == 1 ? text[..text.IndexOf(':', StringComparison.Ordinal)]
            : text;
        return AddressRange.TryParseAddress(address, out var parsed) ? AddressRange.Plain(parsed) : null;
    }
}
