using System.Text;

namespace Chela.Gateway.Channels.Slack;

/// <summary>A text as people wrote it, out of what Slack makes of it: names, channels and links stand in it as <c>&lt;…&gt;</c>. Pure.</summary>
/// <param name="Content">The text, without the name of the bot in front: that only says to whom it is said.</param>
/// <param name="IsMention">Whether it names the bot.</param>
internal readonly record struct SlackText(string Content, bool IsMention)
{
    public static SlackText Of(string text, SlackIdentity bot)
    {
        var content = new StringBuilder(text.Length);
        var isMention = false;
        var at = 0;
        while (at < text.Length)
        {
            var end = text[at] == '<' ? text.IndexOf('>', at) : -1;
            if (end < 0)
            {
                var next = text.IndexOf('<', at + 1);
                Append(content, text[at..(next < 0 ? text.Length : next)]);
                at = next < 0 ? text.Length : next;
                continue;
            }

            var isBot = IsBot(text.AsSpan(at + 1, end - at - 1), bot);
            isMention |= isBot;
            if (!isBot || !string.IsNullOrWhiteSpace(content.ToString()))
            {
                Append(content, isBot ? $"@{bot.User}" : Words(text[(at + 1)..end]));
            }

            at = end + 1;
        }

        return new SlackText(content.ToString().Trim(), isMention);
    }

    private static bool IsBot(ReadOnlySpan<char> marked, SlackIdentity bot) =>
        marked is ['@', .. var name] && bot.UserId is { } id && (name.SequenceEqual(id) || name.StartsWith($"{id}|", StringComparison.Ordinal));

    /// <summary>What people see of it.</summary>
    private static string Words(string marked)
    {
        var bar = marked.IndexOf('|', StringComparison.Ordinal);
        var (what, label) = bar < 0 ? (marked, "") : (marked[..bar], marked[(bar + 1)..]);
        return what switch
        {
            ['@' or '#', ..] => $"{what[0]}{(label.Length > 0 ? label.TrimStart('@', '#') : what[1..])}",
            ['!', ..] => label.Length > 0 ? label : $"@{what[1..]}",
            _ when label.Length == 0 || what.EndsWith(label, StringComparison.Ordinal) => label.Length == 0 ? what : label,
            _ => $"[{label}]({what})",
        };
    }

    private static void Append(StringBuilder content, string escaped) => content.Append(escaped
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal));
}
