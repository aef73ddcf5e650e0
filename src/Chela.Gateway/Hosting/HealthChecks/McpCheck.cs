using Chela.Gateway.Agents.Mcp;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the MCP servers are connected, and answer.</summary>
internal sealed class McpCheck(McpServers servers) : IHealthCheck
{
    public string Part => "mcp";

    public HealthFinding Look()
    {
        var all = servers.Now;
        return HealthFinding.OfMany(all.Count, [.. all.Where(one => one.Server.Problem is not null).Select(one => $"{one.Name}: {one.Server.Problem}")]);
    }

    public Task AskAsync(CancellationToken ct) => Task.WhenAll(servers.Now.Select(one => one.Server.AskAsync(ct)));
}
