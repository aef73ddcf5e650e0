using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>What is sent: plain texts as texts, others as posts, which show Markdown. Pure.</summary>
internal static class FeishuContents
{
    public const string Text = "text";

    /// <summary>Writes letters of all languages as they are: a message has a limit in bytes.</summary>
    private static readonly FeishuJson Json = new(new JsonSerializerOptions(FeishuJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>A text, which is Markdown.</summary>
    /// <param name="key">The same each time that it is sent.</param>
    public static FeishuSend Of(string markdown, string key)
    {
        var text = FeishuMarkdown.Of(markdown);
        if (text == markdown)
        {
            return Plain(text, key);
        }

        var post = new FeishuPost(new FeishuParagraphs([[new FeishuElement { Tag = "md", Text = text }]]));
        return new FeishuSend("post", JsonSerializer.Serialize(post, Json.FeishuPost), UuidOf(key));
    }

    /// <summary>A text as it is.</summary>
    public static FeishuSend Plain(string text, string key) => new(Text, JsonSerializer.Serialize(new FeishuText(FeishuMarkdown.Harmless(text)), Json.FeishuText), UuidOf(key));

    /// <summary>By this Feishu knows a message again; it takes up to 50 characters.</summary>
    private static string UuidOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));
}
