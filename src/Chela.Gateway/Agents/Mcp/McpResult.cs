using System.Globalization;
using Chela.Contracts.Tools;
using ModelContextProtocol.Protocol;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>Makes of what a server answered the text that a model reads.</summary>
internal static class McpResult
{
    public static ToolResult Of(CallToolResult result)
    {
        var text = string.Join("\n\n", result.Content.Select(TextOf));
        return new ToolResult(text.Length == 0 && result.StructuredContent is { } structured ? structured.GetRawText() : text)
        {
            IsError = result.IsError == true,
        };
    }

    private static string TextOf(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        EmbeddedResourceBlock { Resource: TextResourceContents resource } => $"{resource.Uri}:\n{resource.Text}",
        EmbeddedResourceBlock resource => $"[resource {resource.Resource.Uri}, {resource.Resource.MimeType}, not shown]",
        ResourceLinkBlock link => $"[resource {link.Uri}: {link.Description ?? link.Name}]",
        ImageContentBlock image => Media("image", image.MimeType, image.Data.Length),
        AudioContentBlock audio => Media("audio", audio.MimeType, audio.Data.Length),
        _ => $"[{block.Type}, not shown]",
    };

    private static string Media(string kind, string type, int length) =>
        string.Create(CultureInfo.InvariantCulture, $"[{kind}, {type}, {length} characters of base64, not shown]");
}
