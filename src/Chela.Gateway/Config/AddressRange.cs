using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Chela.Gateway.Config;

/// <summary>
/// A network in CIDR form, or one address. IPv4 that is written as IPv6 (<c>::ffff:10.0.0.1</c>) is IPv4 here, as a rule and as an
/// address that is looked for: both spellings mean the same machine.
/// </summary>
internal sealed class AddressRange
{
    private const int MappedPrefix = 96;

    private readonly byte[] _network;
    private readonly int _length;

    private AddressRange(IPAddress network, int length)
    {
        _network = network.GetAddressBytes();
        _length = length;
    }

    /// <summary>Reads <c>10.0.0.0/8</c>, <c>fd00::/8</c> or one address. Bits behind the prefix are refused: they are a mistake more often than not.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressRange? range)
    {
        range = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            if (length < MappedPrefix)
            {
                return false; // would hold IPv4 and a part of IPv6 that is not used
            }

            (address, length) = (address.MapToIPv4(), length - MappedPrefix);
        }

        range = new AddressRange(address, length);
        return range.HasNoBitsBehindPrefix();
    }

    /// <summary>An address in the usual notation only: <c>10</c> and <c>0x7f.1</c>, which the framework reads too, are refused.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address)
        && !text.Contains('%', StringComparison.Ordinal)
        && !text.Contains('[', StringComparison.Ordinal)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text);

    /// <summary>The address in its one spelling: IPv4 as IPv4, IPv6 without the number of an interface.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    /// <summary>True when the address lies in this network.</summary>
    public bool Contains(IPAddress address)
    {
        var bytes = Plain(address).GetAddressBytes();
        if (bytes.Length != _network.Length)
        {
            return false;
        }

        var whole = _length / 8;
        var rest = _length % 8;
        return bytes.AsSpan(0, whole).SequenceEqual(_network.AsSpan(0, whole))
            && (rest == 0 || (bytes[whole] ^ _network[whole]) >> (8 - rest) == 0);
    }

    private bool HasNoBitsBehindPrefix()
    {
        for (var bit = _length; bit < _network.Length * 8; bit++)
        {
            if ((_network[bit / 8] >> (7 - (bit % 8)) & 1) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
