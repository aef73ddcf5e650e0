using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>A call of an app.</summary>
/// <param name="Path">With its query.</param>
internal sealed record FeishuCall(string Method, string Path, JsonElement Body)
{
    /// <summary>What a message says: its text, or the Markdown of a post.</summary>
    public string Text => JsonNode.Parse(Body.Text("content") ?? "{}") is { } content
        ? (content["text"] ?? content["zh_cn"]?["content"]![0]![0]!["text"] ?? content["elements"]?[0]!["content"])?.ToString() ?? ""
        : "";

    public string? Chat => Body.Text("receive_id");

    /// <summary>The buttons of a card.</summary>
    public JsonArray Buttons => JsonNode.Parse(Body.Text("content")!)!["elements"]![1]!["actions"]!.AsArray();
}
