using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;

namespace Chela.Gateway.Connections.Mcp;

/// <summary>
/// The headers that repeat what a message says, for proxies that do not read bodies. Since the version of 2026 they are required,
/// and a message that they do not fit is refused: a proxy may have let it pass for what it is not.
/// </summary>
internal static class McpHeaders
{
    /// <summary>The versions of the protocol that the SDK speaks.</summary>
    public static readonly IReadOnlyList<string> Versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

    private const string Version = "MCP-Protocol-Version";
    private const string Method = "Mcp-Method";
    private const string Name = "Mcp-Name";
    private const string VersionMember = "io.modelcontextprotocol/protocolVersion";
    private const string EncodedStart = "=?base64?";
    private const string EncodedEnd = "?=";

    /// <summary>The protocol's version by the header; null where there is none.</summary>
    public static string? VersionOf(IHeaderDictionary headers) => headers[Version].ToString() is { Length: > 0 } version ? version : null;

    /// <summary>How the headers differ from the message; null where they fit.</summary>
    public static string? Mismatch(IHeaderDictionary headers, JsonRpcMessage message)
    {
        if (message is not JsonRpcRequest request || TextOf(request.Params, "_meta", VersionMember) is not { } version)
        {
            return null; // an older client
        }

        return Mismatch(headers, Version, version)
            ?? Mismatch(headers, Method, request.Method)
            ?? (request.Method == RequestMethods.ToolsCall ? Mismatch(headers, Name, TextOf(request.Params, "name") ?? "") : null);
    }

    private static string? Mismatch(IHeaderDictionary headers, string header, string expected) =>
        Decoded(headers[header].ToString()) == expected ? null : $"The header {header} does not say what the message says.";

    /// <summary>A header's value. What no header can hold as it is stands there in Base64.</summary>
    private static string? Decoded(string value)
    {
        if (!value.StartsWith(EncodedStart, StringComparison.Ordinal) || !value.EndsWith(EncodedEnd, StringComparison.Ordinal))
        {
            return value;
        }

        var bytes = new byte[value.Length];
        return Convert.TryFromBase64String(value[EncodedStart.Length..^EncodedEnd.Length], bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private static string? TextOf(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }
}
