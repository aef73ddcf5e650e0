using System.Net;
using Chela.Gateway.Config;
using Chela.Gateway.Hosting;

namespace Chela.Gateway.Tests.Hosting;

/// <summary>Which addresses the words of <c>gateway.bind</c> stand for, and what has to hold to leave loopback.</summary>
[Trait("Requirement", "A4")]
public sealed class ListenersTests
{
    private static readonly IPAddress[] Machine = [IPAddress.Loopback, IPAddress.Parse("192.168.1.7"), IPAddress.Parse("100.101.102.103")];

    [Theory]
    [InlineData("lan", null, "0.0.0.0")]
    [InlineData("tailnet", null, "100.101.102.103 127.0.0.1")]
    [InlineData("custom", "192.168.1.7", "192.168.1.7 127.0.0.1")]
    [InlineData("custom", "127.0.0.1", "127.0.0.1")]
    [InlineData("custom", "0.0.0.0", "0.0.0.0")]
    [InlineData("192.168.1.7", null, "192.168.1.7")]
    [InlineData("::1", null, "::1")]
    public void A_word_stands_for_addresses(string bind, string? custom, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', ListenAddress.Of(bind, custom, () => Machine)));

    [Theory]
    [InlineData("loopback")]
    [InlineData("auto")]
    public void Loopback_is_what_only_this_machine_reaches(string bind)
    {
        var addresses = ListenAddress.Of(bind, null, () => Machine);

        Assert.Equal(IPAddress.Loopback, addresses[0]);
        Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address)));
    }

    [Fact]
    public void Without_a_tailnet_it_is_said_that_there_is_none()
    {
        var refusal = Assert.Throws<StartException>(() => ListenAddress.Of("tailnet", null, () => Machine[..2]));

        Assert.Equal(StartFailure.AddressUnavailable, refusal.Failure);
        Assert.StartsWith("this machine has no address of a tailnet", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "loopback", null, null)]
    [InlineData("none", "127.0.0.5", null, null)]
    [InlineData("none", "0.0.0.0", null, "0.0.0.0 (gateway.port)")]
    [InlineData("none", "lan", null, "0.0.0.0 (gateway.port)")]
    [InlineData("none", "tailnet", null, "100.101.102.103 (gateway.port)")]
    [InlineData("none", "loopback", "192.168.1.7", "192.168.1.7 (gateway.listeners[0])")]
    [InlineData("token", "lan", "192.168.1.7", null)]
    public void Beyond_loopback_it_listens_only_with_authentication(string mode, string bind, string? listener, string? refused)
    {
        var config = new GatewayConfig
        {
            Bind = bind,
            Auth = new GatewayAuthConfig { Mode = mode },
            Listeners = listener is null ? [] : [new ListenerConfig { Port = 8080, Bind = listener }],
        };

        var refusal = Record.Exception(() => new Listeners(config, () => Machine)) as StartException;

        Assert.Equal(refused is null ? null : StartFailure.Configuration, refusal?.Failure);
        Assert.StartsWith(refused is null ? "" : $"refusing to bind gateway to {refused} without authentication", refusal?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loopback", false)]
    [InlineData("::1", false)]
    [InlineData("lan", true)]
    [InlineData("192.168.1.7", true)]
    public void Beyond_loopback_it_warns_that_there_is_no_TLS(string bind, bool warns) =>
        Assert.Equal(warns, new Listeners(new GatewayConfig { Bind = bind }, () => Machine).Warnings.Any());
}
