using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Config;

/// <summary>The channels, each with its accounts by name.</summary>
internal sealed record ChannelsConfig
{
    [MaxLength(1_000), Description("Programs that send messages by HTTP and get the answers by HTTP, by the name in their address.")]
    public IReadOnlyDictionary<string, WebhookAccountConfig> Webhook { get; init; } = new Dictionary<string, WebhookAccountConfig>();

    [MaxLength(1_000), Description("Bots of Telegram, by names of yours.")]
    public IReadOnlyDictionary<string, TelegramAccountConfig> Telegram { get; init; } = new Dictionary<string, TelegramAccountConfig>();

    [MaxLength(1_000), Description("Apps of Slack, each in one workspace, by names of yours.")]
    public IReadOnlyDictionary<string, SlackAccountConfig> Slack { get; init; } = new Dictionary<string, SlackAccountConfig>();

    [MaxLength(1_000), Description("Apps of Feishu or Lark, by names of yours.")]
    public IReadOnlyDictionary<string, FeishuAccountConfig> Feishu { get; init; } = new Dictionary<string, FeishuAccountConfig>();

    [JsonPropertyName("whatsapp"), MaxLength(1_000), Description("Numbers of the WhatsApp Business Platform, by names of yours.")]
    public IReadOnlyDictionary<string, WhatsAppAccountConfig> WhatsApp { get; init; } = new Dictionary<string, WhatsAppAccountConfig>();

    [MaxLength(100), Description("Programs that are channels, by names of yours.")]
    public IReadOnlyDictionary<string, SidecarAccountConfig> Sidecar { get; init; } = new Dictionary<string, SidecarAccountConfig>();

    [MaxLength(100), Description("Accounts of channels that plugins bring, by names of yours.")]
    public IReadOnlyDictionary<string, PluginAccountConfig> Plugin { get; init; } = new Dictionary<string, PluginAccountConfig>();

    [MaxLength(1_000), Description("Bots of Discord, by names of yours.")]
    public IReadOnlyDictionary<string, DiscordAccountConfig> Discord { get; init; } = new Dictionary<string, DiscordAccountConfig>();

    /// <summary>The accounts of the chat platforms, each by its channel and its name.</summary>
    public IEnumerable<(string Channel, string Name, ChannelAccountConfig Account)> Accounts() =>
        Telegram.Select(account => ("telegram", account.Key, (ChannelAccountConfig)account.Value))
            .Concat(Slack.Select(account => ("slack", account.Key, (ChannelAccountConfig)account.Value)))
            .Concat(Feishu.Select(account => ("feishu", account.Key, (ChannelAccountConfig)account.Value)))
            .Concat(WhatsApp.Select(account => ("whatsapp", account.Key, (ChannelAccountConfig)account.Value)))
            .Concat(Sidecar.Select(account => ("sidecar", account.Key, (ChannelAccountConfig)account.Value)))
            .Concat(Plugin.Select(account => ("plugin", account.Key, (ChannelAccountConfig)account.Value)))
            .Concat(Discord.Select(account => ("discord", account.Key, (ChannelAccountConfig)account.Value)));

    /// <summary>An account of a chat platform; null where there is none.</summary>
    public ChannelAccountConfig? Find(string channel, string name) =>
        Accounts().FirstOrDefault(account => account.Channel == channel && account.Name == name).Account;
}

/// <summary>One program that speaks with the gateway by webhooks.</summary>
internal sealed record WebhookAccountConfig
{
    /// <summary>The longest text in one request where nothing else is said, in characters.</summary>
    public const int UsualTextChunkLimit = 4_000;

    [Description("The key of the signatures, in both directions.")]
    public required string Secret { get; init; }

    [Description("What a program shows that cannot sign; unset means that all have to.")]
    public string? Token { get; init; }

    [Description("Where answers are posted; unset means that they stay in the transcript.")]
    public string? Url { get; init; }

    [Range(100, 1_000_000), Description("The longest text in one request, in characters; a longer answer comes in several. Unset means 4000.")]
    public int? TextChunkLimit { get; init; }

    /// <summary>Never shows the secrets: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(WebhookAccountConfig)} {{ {nameof(Url)} = {Url} }}";
}

/// <summary>What the accounts of the webhook channel must be.</summary>
internal static class WebhookRule
{
    private const string Key = "channels.webhook";

    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels)
    {
        foreach (var (name, account) in channels.Webhook)
        {
            if (!NameRule.Fits(name))
            {
                yield return (Key, $"has an account whose name is not {NameRule.Words()}: '{Schema.JsonText.Show(name)}'");
                continue;
            }

            if (SecretRule.Refusal(account.Secret) is { } weak)
            {
                yield return ($"{Key}.{name}.secret", weak);
            }

            if (account.Token is { } token && SecretRule.Refusal(token) is { } guessable)
            {
                yield return ($"{Key}.{name}.token", guessable);
            }

            if (account.Url is { } url && AddressRule.Refusal(url) is { } wrong)
            {
                yield return ($"{Key}.{name}.url", wrong);
            }
        }
    }
}
