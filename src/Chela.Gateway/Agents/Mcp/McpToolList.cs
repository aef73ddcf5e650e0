using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;
using Chela.Gateway.Schema;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>Makes tools of a server's list, of which nothing is believed: all that a model would be shown is bounded.</summary>
internal static partial class McpToolList
{
    /// <summary>The most tools of one server; more would fill the context of every request.</summary>
    public const int MaxTools = 128;

    private const int LongestSummary = 2_000;
    private const int LongestSchema = 16 * 1024;

    public static IReadOnlyList<ITool> Of(string server, McpServerConfig config, IReadOnlyList<Tool> offered, McpSession session, ILogger logger)
    {
        var tools = new Dictionary<string, ITool>(StringComparer.Ordinal);
        foreach (var tool in offered.Where(tool => config.Allow?.Contains(tool.Name, StringComparer.Ordinal) != false))
        {
            var name = NameOf(server, tool.Name);
            if (Refusal(tool, name, tools) is { } refusal)
            {
                Log.LeftOut(logger, server, JsonText.Show(tool.Name), refusal);
                continue;
            }

            tools.Add(ToolCatalog.NameForModel(name), new McpTool(Describe(name, tool, config), tool.Name, session));
        }

        return [.. tools.Values];
    }

    private static string? Refusal(Tool tool, string name, Dictionary<string, ITool> tools) =>
        tools.Count >= MaxTools ? "the server has too many"
        : !ToolCatalog.IsName(name) ? "it has no name"
        : tools.ContainsKey(ToolCatalog.NameForModel(name)) ? "another of its tools would have the same name"
        : tool.InputSchema.GetRawText().Length > LongestSchema ? "the schema of its arguments is too long"
        : null;

    private static string NameOf(string server, string tool)
    {
        var name = $"{server}.{string.Concat(tool.Take(ToolCatalog.LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_'))}";
        return name.Length > ToolCatalog.LongestName ? name[..ToolCatalog.LongestName] : name;
    }

    /// <summary>What a server says of a tool may make it riskier, but never safer.</summary>
    private static ToolDescription Describe(string name, Tool tool, McpServerConfig config) =>
        new(name, McpText.Cut(tool.Description ?? tool.Title ?? tool.Name, LongestSummary), tool.InputSchema)
        {
            Risk = tool.Annotations?.DestructiveHint == true ? ToolRisk.High : ToolRisk.Medium,
            TimeLimit = config.TimeLimit(),
        };

    private static partial class Log
    {
        [LoggerMessage(1443, LogLevel.Warning, "The tool {Tool} of MCP server {Server} is left out: {Reason}")]
        public static partial void LeftOut(ILogger logger, string server, string tool, string reason);
    }
}
