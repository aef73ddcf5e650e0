namespace Chela.Gateway.Agents.Mcp;

/// <summary>Texts of a server, which may be of any length.</summary>
internal static class McpText
{
    /// <summary>The longest reason that is logged or told to a model.</summary>
    public const int LongestReason = 500;

    /// <summary>The begin of a text, with an ellipsis where something was cut off.</summary>
    public static string Cut(string text, int limit)
    {
        if (text.Length <= limit)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1;
        return string.Concat(text.AsSpan(0, length), "…");
    }
}
