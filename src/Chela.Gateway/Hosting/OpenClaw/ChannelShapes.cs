using System.Text.Json.Nodes;
using Chela.Gateway.Channels.Discord;
using Chela.Gateway.Channels.Feishu;
using Chela.Gateway.Channels.Slack;
using Chela.Gateway.Channels.Telegram;
using Chela.Gateway.Channels.WhatsApp;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>
/// Accounts of channels. There a channel has settings of its own, which hold for all of its accounts where an account says nothing else (08-channels § 1);
/// here each account says all.
/// </summary>
internal static class ChannelShapes
{
    private const string OnlyAccount = "default";

    /// <summary>The channels, each with what it says there of the address that its platform posts to.</summary>
    private static readonly (string Channel, string[] OfPosts, string Instead)[] Known =
    [
        (TelegramChannel.ChannelName, ["webhookUrl", "webhookSecret"], "set webhookUrl and webhookSecret anew, or let the gateway ask Telegram"),
        (SlackChannel.ChannelName, ["signingSecret", "webhookPath"], "Slack is connected to by Socket Mode, and needs none"),
        (FeishuChannel.ChannelName, ["webhookPath", "webhookHost", "webhookPort"], $"have Feishu post to {FeishuEndpoint.PathOf("<account>")}"),
        (DiscordChannel.ChannelName, [], ""),
    ];

    public static void Change(JsonObject settings, MigrationLog log)
    {
        if ((settings["channels"] as JsonObject)?.Remove(WhatsAppChannel.ChannelName) is true)
        {
            log.Left($"channels.{WhatsAppChannel.ChannelName}", "it logs in to WhatsApp Web there; here set up a number of the Cloud API, or a sidecar");
        }

        foreach (var (channel, ofPosts, instead) in Known)
        {
            if (settings["channels"] is JsonObject channels && channels[channel] is JsonObject shared)
            {
                channels[channel] = Accounts(shared, $"channels.{channel}", ofPosts, $"the address that is posted to is another one here: {instead}", log);
            }
        }
    }

    private static JsonObject Accounts(JsonObject shared, string channel, string[] ofPosts, string why, MigrationLog log)
    {
        var accounts = shared["accounts"] as JsonObject ?? [];
        shared.Remove("accounts");
        shared.Remove("defaultAccount");
        var names = accounts.Count > 0 ? accounts.Select(account => account.Key).ToArray() : [OnlyAccount];
        var whole = new JsonObject();
        foreach (var name in names)
        {
            var key = $"{channel}.{name}";
            if (!NameRule.Fits(name))
            {
                log.Left(key, $"an account has a name of {NameRule.Words()} here");
                continue;
            }

            var account = Merged(shared, accounts[name] as JsonObject ?? []);
            whole[name] = account;
            foreach (var moved in ofPosts.Where(account.ContainsKey).ToArray())
            {
                account.Remove(moved);
                log.Left($"{key}.{moved}", why);
            }

            if (channel == $"channels.{DiscordChannel.ChannelName}")
            {
                DiscordAccounts.Change(account, key, log);
            }
            else if (channel == $"channels.{SlackChannel.ChannelName}")
            {
                SlackAccounts.Change(account);
            }
        }

        return whole;
    }

    private static JsonObject Merged(JsonObject shared, JsonObject own)
    {
        var account = shared.DeepClone().AsObject();
        foreach (var (name, value) in own)
        {
            account[name] = value?.DeepClone();
        }

        ChangeAnswers(account);
        return account;
    }

    /// <summary>How answers look: other words for the same (08-channels § 3), or for what comes closest.</summary>
    private static void ChangeAnswers(JsonObject account)
    {
        var mode = account["streaming"] is JsonObject nested ? nested["mode"] : account["streaming"] ?? account["streamMode"];
        account.Remove("streamMode");
        account.Remove("streaming");
        if (mode is not null)
        {
            account["streaming"] = mode.ToString() is StreamingModes.Off or "false" ? StreamingModes.Off : StreamingModes.Partial;
        }

        if (account["replyToMode"] is { } quotes)
        {
            account["replyToMode"] = quotes.ToString() == ReplyToModes.Off ? ReplyToModes.Off : ReplyToModes.First;
        }
    }
}
