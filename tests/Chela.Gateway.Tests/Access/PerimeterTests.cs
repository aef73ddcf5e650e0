using System.Net;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Access;

/// <summary>Where a request comes from, and which names are the gateway's.</summary>
[Trait("Requirement", "A4")]
public sealed class PerimeterTests
{
    private static readonly GatewayConfig Behind = new() { TrustedProxies = ["10.0.0.0/24", "192.0.2.9", "2001:db8::/64"] };

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 198.51.100.1, 203.0.113.7", "203.0.113.7")] // what the client wrote itself stands left
    [InlineData("X-Forwarded-For: 203.0.113.7, 10.0.0.8, 192.0.2.9", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 198.51.100.1, 203.0.113.7, 10.0.0.8", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 10.0.0.3, 10.0.0.8", "10.0.0.3")]
    [InlineData("X-Forwarded-For: garbage, 203.0.113.7", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 203.0.113.7:4711", "203.0.113.7")]
    [InlineData("X-Forwarded-For: [2001:db8:1::7]:4711", "2001:db8:1::7")]
    [InlineData("X-Forwarded-For: 2001:db8:1::7", "2001:db8:1::7")]
    [InlineData("X-Forwarded-For: ::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 203.0.113.7, , 10.0.0.8,", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 198.51.100.1|X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("Forwarded: for=203.0.113.7;proto=https", "203.0.113.7")]
    [InlineData("Forwarded: for=198.51.100.1, For=\"203.0.113.7:80\";by=10.0.0.8", "203.0.113.7")]
    [InlineData("Forwarded: for=\"[2001:db8:1::7]:80\"", "2001:db8:1::7")]
    [InlineData("Forwarded: for=203.0.113.7|X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("X-Real-IP: 203.0.113.7", "203.0.113.7")]
    [InlineData("X-Real-IP: 198.51.100.1|X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("", "10.0.0.1")] // the proxy's own request, for example a probe
    public void A_trusted_proxy_is_believed_from_the_right_as_far_as_hops_are_trusted(string headers, string client)
    {
        var source = SourceOf(Behind, "10.0.0.1", headers);

        Assert.Equal((IPAddress.Parse(client), true, false), (source?.Client, source?.IsFromTrustedProxy, source?.IsLocal));
    }

    [Theory]
    [InlineData("X-Forwarded-For: unknown")]
    [InlineData("X-Forwarded-For: 203.0.113.7, 256.1.1.1")]
    [InlineData("X-Forwarded-For: 203.0.113.7, _hidden, 10.0.0.8")]
    [InlineData("Forwarded: for=_hidden")]
    [InlineData("Forwarded: proto=https")]
    [InlineData("X-Real-IP: me")]
    [InlineData("X-Forwarded-For: 203.0.113.7|Forwarded: for=198.51.100.1")] // one of them is what the client sent itself
    public void A_request_that_a_trusted_proxy_does_not_attribute_has_no_source(string headers) =>
        Assert.Null(SourceOf(Behind, "10.0.0.1", headers));

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("127.0.0.1")]
    public void Of_anybody_else_forwarded_headers_are_not_believed(string peer)
    {
        var source = SourceOf(Behind, peer, "X-Forwarded-For: 198.51.100.1|X-Forwarded-Host: other|X-Forwarded-Proto: https");

        Assert.Equal(
            (IPAddress.Parse(peer), false, "gateway:18789", "http"),
            (source!.Client!, source.IsFromTrustedProxy, source.Host.Value, source.Scheme));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:18789", "", true)]
    [InlineData("::1", "[::1]:18789", "", true)]
    [InlineData("::ffff:127.0.0.1", "localhost", "", true)]
    [InlineData("10.9.9.9", "localhost", "", false)]
    [InlineData("127.0.0.1", "gateway.example.org", "", false)]
    [InlineData("127.0.0.1", "", "", false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For: 127.0.0.1", false)]
    [InlineData("127.0.0.1", "localhost", "Forwarded: for=127.0.0.1", false)]
    [InlineData("127.0.0.1", "localhost", "X-Real-IP: 127.0.0.1", false)]
    [InlineData("127.0.0.1", "localhost", "x-forwarded-proto: https", false)]
    [InlineData("127.0.0.1", "localhost", "Via: 1.1 proxy", false)]
    [InlineData("127.0.0.1", "localhost", "CF-Connecting-IP: 203.0.113.7", false)]
    [InlineData("127.0.0.1", "localhost", "Tailscale-User-Login: me", false)]
    public void Loopback_behind_a_proxy_gives_no_trust(string peer, string host, string headers, bool isLocal) =>
        Assert.Equal(isLocal, SourceOf(new GatewayConfig(), peer, headers, host)!.IsLocal);

    [Fact]
    public void A_trusted_proxy_on_loopback_is_never_a_local_client()
    {
        var behind = new GatewayConfig { TrustedProxies = ["127.0.0.0/8"] };

        Assert.False(SourceOf(behind, "127.0.0.1", "", "localhost")!.IsLocal);
        Assert.False(SourceOf(behind, "127.0.0.1", "X-Forwarded-For: 127.0.0.1", "localhost")!.IsLocal);
    }

    [Fact]
    public void A_trusted_proxy_says_by_which_host_and_scheme_the_client_came()
    {
        var source = SourceOf(Behind, "10.0.0.1", "X-Forwarded-For: 203.0.113.7|X-Forwarded-Host: chat.example.org, inner|X-Forwarded-Proto: wss")!;

        Assert.Equal(("chat.example.org", "https"), (source.Host.Value, source.Scheme));
    }

    [Theory]
    [InlineData("127.0.0.1:18789", true)]
    [InlineData("[::1]:18789", true)]
    [InlineData("203.0.113.7", true)]
    [InlineData("localhost:18789", true)]
    [InlineData("LOCALHOST.", true)]
    [InlineData("app.localhost", true)]
    [InlineData("", true)]
    [InlineData("chat.example.org", true)]
    [InlineData("Chat.Example.Org:443", true)]
    [InlineData("a.b.example.net", true)]
    [InlineData("example.net", false)]
    [InlineData("ui.example.com", true)] // of an allowed origin
    [InlineData("evil.example", false)]
    [InlineData("evilchat.example.org", false)]
    [InlineData("chat.example.org.evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("2130706433", false)]
    [InlineData("0x7f.1", false)]
    [InlineData("machine.tail1234.ts.net", false)]
    public void Only_addresses_and_names_of_the_gateway_are_known(string host, bool isKnown)
    {
        var config = new GatewayConfig
        {
            Hosts = ["chat.example.org", "*.example.net"],
            ControlUi = new ControlUiConfig { AllowedOrigins = ["https://ui.example.com:8443", "*"] },
        };

        Assert.Equal(isKnown, new KnownHosts(config).Knows(new HostString(host)));
    }

    [Fact]
    public void The_machines_own_name_is_known_and_the_tailnets_names_when_it_listens_there()
    {
        var plain = new KnownHosts(new GatewayConfig());
        var tailnet = new KnownHosts(new GatewayConfig { Bind = "tailnet" });

        Assert.True(plain.Knows(new HostString(Environment.MachineName)));
        Assert.True(plain.Knows(new HostString($"{Environment.MachineName}.local:18789")));
        Assert.True(tailnet.Knows(new HostString("machine.tail1234.ts.net")));
        Assert.False(tailnet.Knows(new HostString(".ts.net")));
    }

    [Theory]
    [InlineData("192.168.1.7", true)]
    [InlineData("::ffff:192.168.1.7", true)]
    [InlineData("2001:db8::7", true)]
    [InlineData("203.0.113.7", false)]
    [InlineData("127.0.0.1", false)]
    public void With_a_list_of_addresses_only_those_are_admitted(string client, bool isAdmitted)
    {
        var listed = new Perimeter(new GatewayConfig { AllowedAddresses = ["192.168.0.0/16", "2001:db8::/32"] });

        Assert.Equal(isAdmitted, listed.Admits(IPAddress.Parse(client)));
        Assert.False(listed.Admits(null));
        Assert.True(new Perimeter(new GatewayConfig()).Admits(IPAddress.Parse(client)));
    }

    private static RequestSource? SourceOf(GatewayConfig config, string peer, string headers, string host = "gateway:18789")
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Scheme = "http";
        if (host.Length > 0)
        {
            context.Request.Host = new HostString(host);
        }

        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            context.Request.Headers.Append(name, value);
        }

        return new Perimeter(config).SourceOf(context);
    }
}
