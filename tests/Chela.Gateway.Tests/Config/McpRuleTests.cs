using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

/// <summary>Which servers of tools can be configured.</summary>
[Trait("Requirement", "K1")]
public sealed class McpRuleTests
{
    [Theory]
    [InlineData("""{"a":{}}""", "mcp.servers.a: must have a command or a url, and not both")]
    [InlineData("""{"a":{"command":"x","url":"http://y"}}""", "mcp.servers.a: must have a command or a url, and not both")]
    [InlineData("""{"A b":{"command":"x"}}""", "mcp.servers: has a server whose name is not")]
    [InlineData("""{"a":{"url":"ftp://y"}}""", "mcp.servers.a.url: must be an address that begins with http:// or https://")]
    [InlineData("""{"a":{"url":"http://y","args":[]}}""", "mcp.servers.a: has args or env, which only a server with a command has")]
    [InlineData("""{"a":{"command":"x","headers":{}}}""", "mcp.servers.a.headers: are only for a server with a url")]
    [InlineData("""{"a":{"url":"http://y","headers":{"a b":"c"}}}""", "mcp.servers.a.headers: has a header whose name")]
    [InlineData("""{"a":{"command":"x","env":{"A=B":"c"}}}""", "mcp.servers.a.env: has a variable that no program can get: 'A=B'")]
    [InlineData("""{"a":{"command":"x","timeoutSeconds":0}}""", "mcp.servers.a.timeoutSeconds: must be")]
    public void A_server_that_cannot_be_is_refused_with_its_place(string servers, string problem) =>
        Assert.Contains(problem, Refuse($"{{\"mcp\":{{\"servers\":{servers}}}}}"), StringComparison.Ordinal);
}
