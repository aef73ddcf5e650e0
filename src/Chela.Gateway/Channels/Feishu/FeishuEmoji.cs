using System.Collections.Frozen;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>The signs that Feishu puts to messages have names (https://open.feishu.cn/document/server-docs/im-v1/message-reaction/emojis-introduce).</summary>
internal static class FeishuEmoji
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["👀"] = "GLANCE",
        ["👍"] = "THUMBSUP",
        ["👎"] = "ThumbsDown",
        ["❤️"] = "HEART",
        ["❤"] = "HEART",
        ["👌"] = "OK",
        ["✅"] = "DONE",
        ["🎉"] = "PARTY",
        ["🙏"] = "THANKS",
        ["👏"] = "APPLAUSE",
        ["💪"] = "MUSCLE",
        ["🔥"] = "Fire",
        ["💯"] = "Hundred",
        ["🤔"] = "THINKING",
        ["😊"] = "SMILE",
        ["😂"] = "LOL",
        ["⏳"] = "OneSecond",
        ["✍️"] = "Typing",
        ["✍"] = "Typing",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Feishu's name of an emoji, or the name itself where it is one; null where it has none.</summary>
    public static string? Of(string emoji) => Names.GetValueOrDefault(emoji) ?? (emoji.Length > 0 && emoji.All(char.IsAsciiLetter) ? emoji : null);
}
