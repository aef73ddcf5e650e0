using System.ComponentModel;

namespace Chela.Gateway.Config;

/// <summary>One bot of Discord.</summary>
internal sealed record DiscordAccountConfig : ChannelAccountConfig
{
    /// <summary>The API of Discord where nothing else is said.</summary>
    public const string UsualApiRoot = "https://discord.com/api/v10";

    [Description("What the Developer Portal of Discord gave out for the bot.")]
    public required string Token { get; init; }

    [Description("The API of Discord; another one where a proxy stands before it. Unset means https://discord.com/api/v10.")]
    public string? ApiRoot { get; init; }

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(DiscordAccountConfig)} {{ {nameof(ApiRoot)} = {ApiRoot} }}";
}

/// <summary>What the accounts of Discord must be.</summary>
internal static class DiscordRule
{
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels)
    {
        foreach (var (name, account) in channels.Discord)
        {
            if (SecretRule.Refusal(account.Token) is { } weak)
            {
                yield return ($"channels.discord.{name}.token", weak);
            }

            if (account.ApiRoot is { } root && AddressRule.Refusal(root) is { } wrong)
            {
                yield return ($"channels.discord.{name}.apiRoot", wrong);
            }
        }
    }
}
