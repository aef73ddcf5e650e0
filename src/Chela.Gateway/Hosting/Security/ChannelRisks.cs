using Chela.Gateway.Channels.Discord;
using Chela.Gateway.Channels.Feishu;
using Chela.Gateway.Channels.Slack;
using Chela.Gateway.Channels.Telegram;
using Chela.Gateway.Channels.WhatsApp;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Security;

/// <summary>Chat platforms on which anybody may speak to agents.</summary>
internal static class ChannelRisks
{
    private static readonly PlatformRisks[] Platforms =
    [
        new(TelegramChannel.ChannelName, "Telegram", "apiRoot"),
        new(SlackChannel.ChannelName, "Slack", "apiRoot"),
        new(FeishuChannel.ChannelName, "Feishu", "domain"),
        new(DiscordChannel.ChannelName, "Discord", "apiRoot"),
        new(WhatsAppChannel.ChannelName, "WhatsApp", "apiRoot", hasGroups: false),
    ];

    public static IReadOnlyList<RiskCheck> Checks => [.. Platforms.SelectMany(platform => platform.Checks)];

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup) => Platforms.SelectMany(platform => setup.Config.Channels.Accounts()
        .Where(one => one.Channel == platform.Channel && one.Account.Runs())
        .SelectMany(one => platform.Of(one.Name, one.Account)));

    /// <summary>The risks of one platform.</summary>
    /// <param name="channel">Its name.</param>
    /// <param name="label">What people call it.</param>
    /// <param name="addressKey">The setting that says where its API is.</param>
    /// <param name="hasGroups">Whether bots get into groups there.</param>
    private sealed class PlatformRisks(string channel, string label, string addressKey, bool hasGroups = true)
    {
        private readonly RiskCheck _openChats = new($"channels.{channel}.dm.open", RiskCheck.Critical, $"everybody may write to a bot of {label}", "Set dmPolicy to pairing, or to allowlist, and name the persons in allowFrom.");
        private readonly RiskCheck _openGroups = new($"channels.{channel}.groups.open", RiskCheck.Warn, $"a bot of {label} answers in every group that it is put into", "Set groupPolicy to allowlist, and list the groups in groups.");
        private readonly RiskCheck _anySpeaker = new($"channels.{channel}.allowlisted_groups.broad_members", RiskCheck.Warn, $"everybody in a group may speak to a bot of {label}", "Name the persons in groupAllowFrom, or in allowFrom of the group.");
        private readonly RiskCheck _plainApi = new($"channels.{channel}.plain_http", RiskCheck.Critical, "the token of a bot goes over the network unencrypted", $"Give {addressKey} an https:// address.");

        public string Channel => channel;

        public IReadOnlyList<RiskCheck> Checks => hasGroups ? [_openChats, _openGroups, _anySpeaker, _plainApi] : [_openChats, _plainApi];

        public IEnumerable<SecurityFinding> Of(string name, ChannelAccountConfig account)
        {
            var key = $"channels.{channel}.{name}";
            if (account.DmPolicy == DmPolicies.Open)
            {
                yield return _openChats.Found($"{key}.dmPolicy");
            }

            if (hasGroups && account.GroupPolicy == GroupPolicies.Open)
            {
                yield return _openGroups.Found($"{key}.groupPolicy");
            }
            else if (hasGroups && account.GroupPolicy != GroupPolicies.Disabled && account.Groups?.Any(group => IsBroad(account, group.Value)) is true)
            {
                yield return _anySpeaker.Found($"{key}.groups");
            }

            if (Uri.TryCreate(AddressOf(account), UriKind.Absolute, out var root) && root.Scheme == Uri.UriSchemeHttp && !root.IsLoopback)
            {
                yield return _plainApi.Found($"{key}.{addressKey}");
            }
        }

        private static string? AddressOf(ChannelAccountConfig account) => account switch
        {
            TelegramAccountConfig telegram => telegram.ApiRoot,
            SlackAccountConfig slack => slack.ApiRoot,
            FeishuAccountConfig feishu => feishu.Root(),
            DiscordAccountConfig discord => discord.ApiRoot,
            WhatsAppAccountConfig whatsApp => whatsApp.ApiRoot,
            _ => null,
        };

        private static bool IsBroad(ChannelAccountConfig account, ChannelGroupConfig group) =>
            group.Enabled is not false
            && (group.AllowFrom ?? account.GroupAllowFrom ?? account.AllowFrom)?.Contains(ChannelAccountConfig.Any, StringComparer.Ordinal) is not false;
    }
}
