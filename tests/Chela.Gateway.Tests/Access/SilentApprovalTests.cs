using System.Net;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Config;
using Chela.Gateway.Hosting;

namespace Chela.Gateway.Tests.Access;

/// <summary>Which devices need nobody's decision, and where a setup code leads them.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A2")]
public sealed class SilentApprovalTests
{
    private static readonly NodePairingConfig Usual = new();

    [Theory]
    [InlineData("not-paired", "token", "test", true)]
    [InlineData("role-upgrade", "password", "test", true)]
    [InlineData("scope-upgrade", "token", "test", true)]
    [InlineData("scope-upgrade", "none", "test", true)]
    [InlineData("scope-upgrade", "device-token", "test", false)]
    [InlineData("scope-upgrade", "trusted-proxy", "test", false)]
    [InlineData("not-paired", "oidc", "test", true)]
    [InlineData("scope-upgrade", "oidc", "test", false)]
    [InlineData("metadata-upgrade", "token", "test", true)]
    [InlineData("metadata-upgrade", "device-token", "test", false)]
    [InlineData("metadata-upgrade", "device-token", "openclaw-macos", true)]
    public void A_local_device_is_let_in_as_far_as_its_credential_goes(string reason, string method, string client, bool allowed)
    {
        var call = Call("operator", "127.0.0.1", method, client) with { IsLocal = true };

        Assert.Equal(allowed, SilentApproval.Allows(call, reason, Usual));
        Assert.False(SilentApproval.Allows(call with { IsLocal = false }, reason, Usual));
        Assert.False(SilentApproval.Allows(call, reason, new NodePairingConfig { AutoApproveLocal = false }));
    }

    [Theory]
    [InlineData("node", "10.1.2.3", "not-paired", true)]
    [InlineData("node", "::ffff:10.1.2.3", "not-paired", true)]
    [InlineData("node", "11.1.2.3", "not-paired", false)]
    [InlineData("operator", "10.1.2.3", "not-paired", false)]
    [InlineData("node", "10.1.2.3", "role-upgrade", false)]
    [InlineData("node", "10.1.2.3", "metadata-upgrade", false)]
    public void A_new_node_is_let_in_from_the_networks_that_were_named(string role, string address, string reason, bool allowed)
    {
        var call = Call(role, address, "token", "node-host");

        Assert.Equal(allowed, SilentApproval.Allows(call, reason, new NodePairingConfig { AutoApproveCidrs = ["10.0.0.0/8"] }));
        Assert.False(SilentApproval.Allows(
            call with { Request = call.Request with { BrowserOrigin = "http://10.1.2.3" } }, reason, new NodePairingConfig { AutoApproveCidrs = ["10.0.0.0/8"] }));
        Assert.False(SilentApproval.Allows(call, reason, Usual));
    }

    [Fact]
    public void A_setup_code_names_addresses_that_others_reach_before_this_machines_own()
    {
        IPAddress[] local = [IPAddress.Loopback, IPAddress.Parse("192.0.2.7"), IPAddress.Parse("fe80::1"), IPAddress.Parse("192.0.2.8")];

        Assert.Equal(
            ["ws://192.0.2.7:1", "ws://192.0.2.8:1", "ws://127.0.0.1:2"],
            ReachableUrls.Of("ws", [new(IPAddress.Loopback, 2), new(IPAddress.Any, 1)], () => local));
        Assert.Equal(["ws://127.0.0.1:1"], ReachableUrls.Of("ws", [new(IPAddress.IPv6Any, 1)], () => [IPAddress.Loopback]));
        Assert.Equal(["wss://[2001:db8::1]:1"], ReachableUrls.Of("wss", [new(IPAddress.Parse("2001:db8::1"), 1)], () => local));
    }

    private static PairingCall Call(string role, string address, string method, string client) =>
        new(new PairingRequest("r", "d", "k", role, [], 0) { RemoteIp = address, ClientId = client }, IsLocal: false, method);
}
