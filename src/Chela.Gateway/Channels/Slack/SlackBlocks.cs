using Chela.Contracts.Messages;

namespace Chela.Gateway.Channels.Slack;

/// <summary>A text with buttons under it, in Block Kit (https://docs.slack.dev/reference/block-kit).</summary>
internal static class SlackBlocks
{
    private const int MaxTextLength = 3000;
    private const int MaxButtons = 25;

    /// <summary>Null where there are no buttons, or the text is too long for some: it names what can be chosen.</summary>
    /// <param name="text">In mrkdwn.</param>
    /// <param name="choices">What can be chosen.</param>
    public static IReadOnlyList<SlackBlock>? Of(string text, IReadOnlyList<Choice> choices) => choices.Count is 0 or > MaxButtons || text.Length > MaxTextLength ? null :
    [
        new SlackBlock("section") { Text = new SlackBlockText("mrkdwn", text) },
        new SlackBlock("actions")
        {
            Elements = [.. choices.Select((choice, number) => new SlackButton($"choice-{number}", new SlackBlockText("plain_text", choice.Label), choice.Command))],
        },
    ];
}
