using Chela.Contracts.Messages;
using Chela.Gateway.Config;

namespace Chela.Gateway.Access.Senders;

/// <summary>What becomes of a message that a channel brings.</summary>
internal enum SenderVerdict
{
    /// <summary>Its sender may speak, and speaks to the agent.</summary>
    Admitted,

    /// <summary>Nobody let its sender in yet: somebody may, by a code.</summary>
    NotPaired,

    /// <summary>Its sender may speak, but in a group, and not to the agent.</summary>
    NotCalled,

    /// <summary>It is as if it had not come.</summary>
    NotWanted,
}

/// <summary>
/// Says who may speak to an account of a channel (08-channels § 2). People are known by the ids of the platform, never by the names that they give
/// themselves; an empty list admits nobody; who was let in by a code may write in private, and may speak in groups only where a list says so. Pure.
/// </summary>
internal static class SenderRules
{
    /// <summary>Decides on a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="account">The account that it came to.</param>
    /// <param name="isPaired">Whether its sender was let in by a code.</param>
    public static SenderVerdict Of(ChannelMessage message, ChannelAccountConfig account, bool isPaired) =>
        message.Origin.Peer.Kind == PeerKind.Direct ? OfPerson(message, account, isPaired) : InGroup(message, account);

    private static SenderVerdict OfPerson(ChannelMessage message, ChannelAccountConfig account, bool isPaired)
    {
        var isListed = Holds(account.AllowFrom, message.SenderId);
        return account.DmPolicy switch
        {
            DmPolicies.Disabled => SenderVerdict.NotWanted,
            DmPolicies.Open or DmPolicies.AllowList => isListed ? SenderVerdict.Admitted : SenderVerdict.NotWanted,
            _ => isListed || isPaired ? SenderVerdict.Admitted : SenderVerdict.NotPaired,
        };
    }

    private static SenderVerdict InGroup(ChannelMessage message, ChannelAccountConfig account)
    {
        var group = GroupOf(message.Origin, account);
        var isOpen = account.GroupPolicy == GroupPolicies.Open;
        if (account.GroupPolicy == GroupPolicies.Disabled || group?.Enabled is false || (group is null && !isOpen))
        {
            return SenderVerdict.NotWanted;
        }

        var speakers = group?.AllowFrom ?? account.GroupAllowFrom ?? account.AllowFrom;
        if (speakers is not null && !Holds(speakers, message.SenderId))
        {
            return SenderVerdict.NotWanted;
        }

        return message.IsMention || group?.RequireMention is false ? SenderVerdict.Admitted : SenderVerdict.NotCalled;
    }

    private static ChannelGroupConfig? GroupOf(Origin origin, ChannelAccountConfig account) =>
        new[] { origin.Peer.Id, origin.Parent?.Id, origin.Guild, ChannelAccountConfig.Any }
            .Select(id => id is null ? null : account.Groups?.GetValueOrDefault(id))
            .FirstOrDefault(group => group is not null);

    private static bool Holds(IReadOnlyList<string>? ids, string id) =>
        ids is not null && (ids.Contains(id, StringComparer.Ordinal) || ids.Contains(ChannelAccountConfig.Any, StringComparer.Ordinal));
}
