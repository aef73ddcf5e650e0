using System.ComponentModel;

namespace Chela.Gateway.Config;

/// <summary>One app of Slack in one workspace.</summary>
internal sealed record SlackAccountConfig : ChannelAccountConfig
{
    /// <summary>The Web API where nothing else is said.</summary>
    public const string UsualApiRoot = "https://slack.com/api";

    [Description("The token of the app's bot, xoxb-…, with which it speaks.")]
    public required string BotToken { get; init; }

    [Description("The token of the app itself, xapp-…, with which it connects.")]
    public required string AppToken { get; init; }

    [Description("The Web API; unset means https://slack.com/api.")]
    public string? ApiRoot { get; init; }

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(SlackAccountConfig)} {{ {nameof(ApiRoot)} = {ApiRoot} }}";
}

/// <summary>What the accounts of Slack must be.</summary>
internal static class SlackRule
{
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels)
    {
        foreach (var (name, account) in channels.Slack)
        {
            var key = $"channels.slack.{name}";
            if (Refusal(account.BotToken, "xoxb-") is { } bot)
            {
                yield return ($"{key}.botToken", bot);
            }

            if (Refusal(account.AppToken, "xapp-") is { } app)
            {
                yield return ($"{key}.appToken", app);
            }

            if (account.ApiRoot is { } root && AddressRule.Refusal(root) is { } wrong)
            {
                yield return ($"{key}.apiRoot", wrong);
            }
        }
    }

    /// <summary>The two tokens are easily taken for each other.</summary>
    private static string? Refusal(string token, string beginning) =>
        SecretRule.Refusal(token) ?? (token.StartsWith(beginning, StringComparison.Ordinal) ? null : $"does not begin with {beginning}");
}
