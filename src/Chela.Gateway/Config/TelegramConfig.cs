using System.ComponentModel;

namespace Chela.Gateway.Config;

/// <summary>One bot of Telegram.</summary>
internal sealed record TelegramAccountConfig : ChannelAccountConfig
{
    /// <summary>The Bot API where nothing else is said.</summary>
    public const string UsualApiRoot = "https://api.telegram.org";

    [Description("What BotFather gave out for the bot.")]
    public required string BotToken { get; init; }

    [Description("The Bot API; another one where you run a server of your own. Unset means https://api.telegram.org.")]
    public string? ApiRoot { get; init; }

    [Description("The public https address of this gateway: Telegram then posts to it what people write. Unset means that the gateway asks for it.")]
    public string? WebhookUrl { get; init; }

    [Description("What Telegram shows with what it posts; goes with webhookUrl.")]
    public string? WebhookSecret { get; init; }

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(TelegramAccountConfig)} {{ {nameof(ApiRoot)} = {ApiRoot} }}";
}

/// <summary>What the accounts of Telegram must be.</summary>
internal static class TelegramRule
{
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels)
    {
        foreach (var (name, account) in channels.Telegram)
        {
            var key = $"channels.telegram.{name}";
            if (SecretRule.Refusal(account.BotToken) is { } weak)
            {
                yield return ($"{key}.botToken", weak);
            }

            if (account.ApiRoot is { } root && AddressRule.Refusal(root) is { } wrong)
            {
                yield return ($"{key}.apiRoot", wrong);
            }

            if (account.WebhookUrl is { } url && AddressRule.Refusal(url) is { } refusal)
            {
                yield return ($"{key}.webhookUrl", refusal);
            }

            if (SecretRefusal(account) is { } problem)
            {
                yield return ($"{key}.webhookSecret", problem);
            }
        }
    }

    private static string? SecretRefusal(TelegramAccountConfig account) => account.WebhookSecret switch
    {
        null => account.WebhookUrl is null ? null : "is missing: without it anybody could post in the name of Telegram",
        var secret when !secret.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-') => "may hold letters, digits, _ and - alone",
        var secret => SecretRule.Refusal(secret),
    };
}
