using System.Text;
using System.Text.Json;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Config.Editing;

/// <summary>
/// Reads a dotted key as people type it: <c>agents.list[0].model</c>, <c>agents.list[]</c> for the place behind the last one, and
/// <c>gateway.auth.identityScopes["anna@example.org"]</c> for names with dots.
/// </summary>
internal static class KeyText
{
    /// <summary>The names on the way to the setting.</summary>
    /// <exception cref="FormatException">It is no key; the message says why.</exception>
    public static ConfigPath Parse(string text)
    {
        var segments = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '[')
            {
                segments.Add(InBrackets(text, ref at));
            }
            else
            {
                segments.Add(Name(text, ref at, isFirst: segments.Count == 0));
            }
        }

        return segments.Count > 0 ? new ConfigPath(segments) : throw new FormatException("the key is empty; name one such as session.mainKey");
    }

    private static string Name(string text, ref int at, bool isFirst)
    {
        if (!isFirst && text[at++] != '.')
        {
            throw Wrong(text);
        }

        var length = text.AsSpan(at).IndexOfAny('.', '[');
        var name = length < 0 ? text[at..] : text.Substring(at, length);
        at += name.Length;
        return name.Length > 0 ? name : throw Wrong(text);
    }

    private static string InBrackets(string text, ref int at)
    {
        var start = at + 1;
        if (start < text.Length && text[start] == '"')
        {
            return Quoted(text, start, ref at);
        }

        var end = text.IndexOf(']', start);
        var place = end < 0 ? throw Wrong(text) : text[start..end];
        at = end + 1;
        return place.Length == 0 ? ConfigEdit.Append : place.All(char.IsAsciiDigit) ? place : throw Wrong(text);
    }

    private static string Quoted(string text, int start, ref int at)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[start..]), isFinalBlock: false, default);
            var end = reader.Read() ? start + Encoding.UTF8.GetCharCount(Encoding.UTF8.GetBytes(text[start..]), 0, (int)reader.BytesConsumed) : text.Length;
            at = end + 1;
            return end < text.Length && text[end] == ']' ? reader.GetString()! : throw Wrong(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Wrong(text);
        }
    }

    private static FormatException Wrong(string text) =>
        new($"'{text}' is no key; keys look like session.mainKey, agents.list[0].model or gateway.auth.identityScopes[\"anna@example.org\"]");
}
