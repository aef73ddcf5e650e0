using System.Collections.Frozen;

namespace Chela.Gateway.Channels.Slack;

/// <summary>Slack calls emoji by names of its own.</summary>
internal static class SlackEmoji
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["👀"] = "eyes",
        ["👍"] = "+1",
        ["👎"] = "-1",
        ["❤"] = "heart",
        ["🔥"] = "fire",
        ["🎉"] = "tada",
        ["🤔"] = "thinking_face",
        ["👌"] = "ok_hand",
        ["🙏"] = "pray",
        ["✅"] = "white_check_mark",
        ["❌"] = "x",
        ["⏳"] = "hourglass_flowing_sand",
        ["✍"] = "writing_hand",
        ["🤖"] = "robot_face",
        ["👏"] = "clap",
        ["💯"] = "100",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name of an emoji, which may be given by it; null for one that is not known here.</summary>
    public static string? NameOf(string emoji) => Names.GetValueOrDefault(emoji.TrimEnd('\uFE0F'))
        ?? (emoji.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '-' or '+' or ':') && emoji.Trim(':') is { Length: > 0 } name ? name : null);
}
