using System.Text.Json.Nodes;
using Chela.Gateway.Channels.Telegram;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>
/// Accounts of channels. There a channel has settings of its own, which hold for all of its accounts where an account says nothing else (08-channels § 1);
/// here each account says all.
/// </summary>
internal static class ChannelShapes
{
    private const string OnlyAccount = "default";

    private static readonly string[] OfPosts = ["webhookUrl", "webhookSecret"];

    public static void Change(JsonObject settings, MigrationLog log)
    {
        if (settings["channels"] is not JsonObject channels || channels[TelegramChannel.ChannelName] is not JsonObject shared)
        {
            return;
        }

        var accounts = shared["accounts"] as JsonObject ?? [];
        shared.Remove("accounts");
        shared.Remove("defaultAccount");
        var names = accounts.Count > 0 ? accounts.Select(account => account.Key).ToArray() : [OnlyAccount];
        var whole = new JsonObject();
        foreach (var name in names)
        {
            var key = $"channels.{TelegramChannel.ChannelName}.{name}";
            if (!NameRule.Fits(name))
            {
                log.Left(key, $"an account has a name of {NameRule.Words()} here");
                continue;
            }

            whole[name] = Merged(shared, accounts[name] as JsonObject ?? [], key, log);
        }

        channels[TelegramChannel.ChannelName] = whole;
    }

    private static JsonObject Merged(JsonObject shared, JsonObject own, string key, MigrationLog log)
    {
        var account = shared.DeepClone().AsObject();
        foreach (var (name, value) in own)
        {
            account[name] = value?.DeepClone();
        }

        foreach (var moved in OfPosts.Where(account.ContainsKey))
        {
            account.Remove(moved);
            log.Left($"{key}.{moved}", "the address that Telegram posts to is another one here: set webhookUrl and webhookSecret anew, or let the gateway ask Telegram");
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
