using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chela.Contracts.Channels;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>What is sent. Texts are posts, which show Markdown and can be changed; with buttons they are cards. Pure.</summary>
internal static class FeishuContents
{
    /// <summary>Writes letters of all languages as they are: a message has a limit in bytes.</summary>
    private static readonly FeishuJson Json = new(new JsonSerializerOptions(FeishuJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static FeishuSend Post(string markdown) =>
        new("post", JsonSerializer.Serialize(new FeishuPost(new FeishuParagraphs([[new FeishuElement { Tag = "md", Text = FeishuMarkdown.Of(markdown) }]])), Json.FeishuPost));

    /// <summary>A text as it is.</summary>
    public static FeishuSend Text(string text) => new("text", JsonSerializer.Serialize(new FeishuContent { Text = FeishuMarkdown.Harmless(text) }, Json.FeishuContent));

    /// <summary>A text with buttons. Whoever presses one says its command, where it was asked for.</summary>
    public static FeishuSend Card(OutboundPiece piece)
    {
        var buttons = piece.Choices.Select(choice => new FeishuButton(
            "button", new FeishuLabel("plain_text", choice.Label), new FeishuChoice(choice.Command, piece.Target.Kind.ToString()) { Thread = piece.Target.Thread }));
        var card = new FeishuCard([
            new FeishuCardElement("markdown") { Content = FeishuMarkdown.Of(piece.Text) },
            new FeishuCardElement("action") { Actions = [.. buttons] },
        ]);
        return new FeishuSend("interactive", JsonSerializer.Serialize(card, Json.FeishuCard));
    }

    /// <summary>A file that was uploaded.</summary>
    public static FeishuSend File(string kind, string key) =>
        new(kind, JsonSerializer.Serialize(kind == FeishuUpload.Image ? new FeishuContent { ImageKey = key } : new FeishuContent { FileKey = key }, Json.FeishuContent));

    /// <summary>By this Feishu knows a message again; it takes up to 50 characters.</summary>
    public static string UuidOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));
}
