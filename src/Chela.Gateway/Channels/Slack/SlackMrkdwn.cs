using Chela.Gateway.Channels.Markup;

namespace Chela.Gateway.Channels.Slack;

/// <summary>Slack's own markup (https://docs.slack.dev/messaging/formatting-message-text). Three characters are escaped; others have no way to be.</summary>
internal sealed class SlackMrkdwn : MarkupStyle
{
    private static readonly SlackMrkdwn Style = new();

    /// <summary>The text, which is Markdown, in this markup.</summary>
    public static string Of(string markdown) => MarkupWriter.Write(markdown, Style);

    public override string Text(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    public override string Bold(string inner) => $"*{inner}*";

    public override string Italic(string inner) => $"_{inner}_";

    public override string Struck(string inner) => $"~{inner}~";

    public override string Code(string code) => $"`{Text(code)}`";

    public override string Block(string code, string language) => $"```\n{Text(code)}\n```";

    public override string Quote(string inner) => $">{inner.Replace("\n", "\n>", StringComparison.Ordinal)}";

    public override string Heading(string inner) => Bold(inner.Replace("*", "", StringComparison.Ordinal)); // bold within bold ends it

    public override string Link(string inner, string address) => $"<{Text(address).Replace("|", "%7C", StringComparison.Ordinal)}|{inner}>";
}
