using System.Net;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Access;

[Trait("Requirement", "A4")]
public sealed class OriginCheckTests
{
    private const string NotAllowed = "origin not allowed";
    private const string Invalid = "origin missing or invalid";

    [Theory]
    [InlineData("http://127.0.0.1:18789", "127.0.0.1:18789", true, null)]
    [InlineData("http://localhost:5173", "127.0.0.1:18789", true, null)]
    [InlineData("http://[::1]:5173", "127.0.0.1:18789", true, null)]
    [InlineData("http://app.localhost", "127.0.0.1:18789", true, null)]
    [InlineData("http://localhost:5173", "127.0.0.1:18789", false, NotAllowed)] // behind a proxy loopback says nothing
    [InlineData("http://192.168.1.5:18789", "192.168.1.5:18789", false, null)]
    [InlineData("http://192.168.1.5:8080", "192.168.1.5:18789", false, NotAllowed)]
    [InlineData("http://192.168.1.6:18789", "192.168.1.5:18789", false, NotAllowed)]
    [InlineData("http://[fd00::5]:18789", "[fd00::5]:18789", false, null)]
    [InlineData("http://box.local:18789", "BOX.local:18789", false, null)]
    [InlineData("http://box.tail1.ts.net", "box.tail1.ts.net", false, null)]
    [InlineData("http://203.0.113.7:18789", "203.0.113.7:18789", false, NotAllowed)]
    [InlineData("http://gateway.example.org", "gateway.example.org", false, NotAllowed)]
    [InlineData("https://evil.example", "127.0.0.1:18789", true, NotAllowed)]
    [InlineData("https://localhost.evil.example", "127.0.0.1:18789", true, NotAllowed)]
    [InlineData("https://127.0.0.1.evil.example", "127.0.0.1:18789", true, NotAllowed)]
    [InlineData("null", "127.0.0.1:18789", true, Invalid)]
    [InlineData("", "127.0.0.1:18789", true, Invalid)]
    [InlineData(null, "127.0.0.1:18789", true, Invalid)]
    [InlineData("http://user@localhost", "127.0.0.1:18789", true, Invalid)]
    [InlineData("http://localhost/page", "127.0.0.1:18789", true, Invalid)]
    [InlineData("http://localhost http://evil.example", "127.0.0.1:18789", true, Invalid)]
    [InlineData("localhost", "127.0.0.1:18789", true, Invalid)]
    [InlineData("file:///", "127.0.0.1:18789", true, Invalid)]
    public void Without_configuration_only_local_and_private_pages_of_the_same_host_are_allowed(
        string? origin, string host, bool isLocal, string? reason) =>
        Assert.Equal(reason, OriginCheck.Refusal(origin, Source(host, isLocal), new ControlUiConfig()));

    [Theory]
    [InlineData("https://chat.example.org", null)]
    [InlineData("HTTPS://Chat.Example.org", null)]
    [InlineData("http://chat.example.org", NotAllowed)]
    [InlineData("https://chat.example.org:8443", NotAllowed)]
    [InlineData("https://a.chat.example.org", NotAllowed)]
    [InlineData("chrome-extension://abcdef", null)]
    [InlineData("null", Invalid)]
    public void An_allowed_origin_is_compared_whole(string origin, string? reason)
    {
        var config = new ControlUiConfig { AllowedOrigins = ["https://chat.example.org", "chrome-extension://abcdef"] };

        Assert.Equal(reason, OriginCheck.Refusal(origin, Source("203.0.113.7", isLocal: false), config));
    }

    [Theory]
    [InlineData("https://evil.example", null)]
    [InlineData("null", Invalid)]
    public void A_star_admits_every_page_that_has_an_origin(string origin, string? reason) => Assert.Equal(
        reason, OriginCheck.Refusal(origin, Source("203.0.113.7", isLocal: false), new ControlUiConfig { AllowedOrigins = ["*"] }));

    [Theory]
    [InlineData("https://gateway.example.org", "gateway.example.org", "https", null)]
    [InlineData("https://gateway.example.org", "gateway.example.org:443", "https", null)]
    [InlineData("https://gateway.example.org", "gateway.example.org", "http", NotAllowed)]
    [InlineData("https://other.example.org", "gateway.example.org", "https", NotAllowed)]
    public void The_dangerous_fallback_compares_with_the_host_header(string origin, string host, string scheme, string? reason)
    {
        var config = new ControlUiConfig { DangerouslyAllowHostHeaderOriginFallback = true };

        Assert.Equal(reason, OriginCheck.Refusal(origin, Source(host, isLocal: false) with { Scheme = scheme }, config));
    }

    private static RequestSource Source(string host, bool isLocal) =>
        new(IPAddress.Loopback, IPAddress.Loopback, new HostString(host)) { IsLocal = isLocal };
}
