using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Secrets;

namespace Chela.Gateway.Hosting;

/// <summary>The text of the configuration file without its secrets, comments and layout as they are (06-config § 6).</summary>
internal static partial class RedactedText
{
    /// <summary>Shorter ones stand in many texts by chance.</summary>
    private const int ShortestTrace = 6;

    /// <summary>The text; null where nobody can be sure that no secret is left in it.</summary>
    public static string? Of(byte[] text)
    {
        var problems = new List<ConfigProblem>();
        var settings = JsonElement.Parse(new ConfigText("config", text).Read(problems).Values.ToJsonString());
        if (problems.Count > 0)
        {
            return null;
        }

        var shown = Redaction.Of(settings);
        var hidden = new List<string>();
        var redacted = Replaced(text, settings, shown, hidden);
        return IsSame(redacted, shown) && !CommentsOf(redacted).Any(LooksLikeSecret) && !hidden.Any(secret => IsTraceIn(redacted, secret))
            ? Encoding.UTF8.GetString(redacted).TrimStart('\uFEFF')
            : null;
    }

    /// <summary>The text with the shown values in place of those that are not.</summary>
    private static byte[] Replaced(byte[] text, JsonElement settings, JsonElement shown, List<string> hidden)
    {
        var mark = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var result = new MemoryStream(text.Length);
        var at = 0;
        if (TextNode.Read(text.AsSpan(mark)) is { } root)
        {
            Write(root, settings, shown);
        }

        result.Write(text.AsSpan(at));
        return result.ToArray();

        void Write(TextNode node, JsonElement value, JsonElement instead)
        {
            if (value.ValueKind == JsonValueKind.String && !JsonElement.DeepEquals(value, instead))
            {
                hidden.Add(value.GetString()!);
                result.Write(text.AsSpan(at..(mark + node.Start)));
                result.Write(JsonSerializer.SerializeToUtf8Bytes(instead, HostingJson.Default.JsonElement));
                at = mark + node.End;
            }

            foreach (var child in node.Children)
            {
                Write(child.Value, Child(value, child.Name), Child(instead, child.Name));
            }
        }
    }

    private static JsonElement Child(JsonElement parent, string name) => ConfigPointer.Find(parent, [name])!.Value;

    private static bool IsSame(byte[] redacted, JsonElement shown) =>
        JsonNode.DeepEquals(new ConfigText("config", redacted).Read([]).Values, JsonObject.Create(shown));

    /// <summary>People switch settings off by making comments of them.</summary>
    private static bool LooksLikeSecret(string comment) =>
        Words().Matches(comment).Any(word => SecretNames.IsSecret(word.Value)) || comment.Contains("://", StringComparison.Ordinal) && comment.Contains('@') || LongWord().IsMatch(comment);

    /// <summary>True where a secret stands elsewhere too, as it is or as JSON writes it.</summary>
    private static bool IsTraceIn(byte[] redacted, string secret)
    {
        var text = Encoding.UTF8.GetString(redacted);
        return secret.Length >= ShortestTrace && secret != Redaction.Placeholder
            && (text.Contains(secret, StringComparison.Ordinal) || text.Contains(JavaScriptEncoder.Default.Encode(secret), StringComparison.Ordinal));
    }

    private static List<string> CommentsOf(byte[] text)
    {
        var comments = new List<string>();
        var content = text.AsSpan(text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        var reader = new Utf8JsonReader(content, ConfigText.ReaderOptions);
        while (content.IndexOfAnyExcept(" \t\r\n"u8) >= 0 && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Comment)
            {
                comments.Add(reader.GetComment());
            }
        }

        return comments;
    }

    [GeneratedRegex(@"[\w-]+")]
    private static partial Regex Words();

    /// <summary>Letters and digits together, as no word of a language has them.</summary>
    [GeneratedRegex(@"(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{16,}")]
    private static partial Regex LongWord();
}
