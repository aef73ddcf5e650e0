using System.Text.Json;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>A tool of a server.</summary>
/// <param name="description">What it is here.</param>
/// <param name="name">What the server calls it.</param>
/// <param name="session">The connection; with it ends the tool.</param>
internal sealed class McpTool(ToolDescription description, string name, McpSession session) : ITool
{
    public ToolDescription Description => description;

    public Task<ToolResult> RunAsync(JsonElement arguments, ToolContext context, CancellationToken ct) => session.CallAsync(name, arguments, ct);
}
