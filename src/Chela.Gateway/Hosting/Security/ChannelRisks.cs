using Chela.Gateway.Channels.Telegram;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Security;

/// <summary>Chat platforms on which anybody may speak to agents.</summary>
internal static class ChannelRisks
{
    private static readonly RiskCheck OpenChats = new("channels.telegram.dm.open", RiskCheck.Critical, "everybody may write to a bot of Telegram", "Set dmPolicy to pairing, or to allowlist, and name the persons in allowFrom.");
    private static readonly RiskCheck OpenGroups = new("channels.telegram.groups.open", RiskCheck.Warn, "a bot of Telegram answers in every group that it is put into", "Set groupPolicy to allowlist, and list the groups in groups.");
    private static readonly RiskCheck AnySpeaker = new("channels.telegram.allowlisted_groups.broad_members", RiskCheck.Warn, "everybody in a group may speak to a bot of Telegram", "Name the persons in groupAllowFrom, or in allowFrom of the group.");
    private static readonly RiskCheck PlainApi = new("channels.telegram.plain_http", RiskCheck.Critical, "the token of a bot goes over the network unencrypted", "Give apiRoot an https:// address.");

    public static IReadOnlyList<RiskCheck> Checks => [OpenChats, OpenGroups, AnySpeaker, PlainApi];

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup) => setup.Config.Channels.Telegram
        .Where(account => account.Value.Runs())
        .SelectMany(account => OfAccount($"channels.{TelegramChannel.ChannelName}.{account.Key}", account.Value));

    private static IEnumerable<SecurityFinding> OfAccount(string key, TelegramAccountConfig account)
    {
        if (account.DmPolicy == DmPolicies.Open)
        {
            yield return OpenChats.Found($"{key}.dmPolicy");
        }

        if (account.GroupPolicy == GroupPolicies.Open)
        {
            yield return OpenGroups.Found($"{key}.groupPolicy");
        }
        else if (account.GroupPolicy != GroupPolicies.Disabled && account.Groups?.Any(group => IsBroad(account, group.Value)) is true)
        {
            yield return AnySpeaker.Found($"{key}.groups");
        }

        if (Uri.TryCreate(account.ApiRoot, UriKind.Absolute, out var root) && root.Scheme == Uri.UriSchemeHttp && !root.IsLoopback)
        {
            yield return PlainApi.Found($"{key}.apiRoot");
        }
    }

    private static bool IsBroad(TelegramAccountConfig account, ChannelGroupConfig group) =>
        group.Enabled is not false
        && (group.AllowFrom ?? account.GroupAllowFrom ?? account.AllowFrom)?.Contains(ChannelAccountConfig.Any, StringComparer.Ordinal) is not false;
}
