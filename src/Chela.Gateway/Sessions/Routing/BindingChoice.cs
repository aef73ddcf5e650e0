using Chela.Contracts.Messages;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions.Routing;

/// <summary>Finds the binding that decides on a message.</summary>
internal static class BindingChoice
{
    /// <summary>The one that says most of where the message was said, the first of these in the file; null where none fits.</summary>
    public static BindingConfig? For(Origin origin, IReadOnlyList<BindingConfig> bindings)
    {
        var (best, tierOfBest) = (default(BindingConfig), default(BindingTier?));
        foreach (var binding in bindings)
        {
            if (TierOf(binding.Match, origin) is { } tier && (tierOfBest is null || tier < tierOfBest))
            {
                (best, tierOfBest) = (binding, tier);
            }
        }

        return best;
    }

    /// <summary>Null for a binding that does not fit.</summary>
    private static BindingTier? TierOf(BindingMatchConfig match, Origin origin) =>
        !FitsAround(match, origin) ? null
        : match.Peer is { } peer ? TierOf(peer, origin)
        : match.Roles is not null ? BindingTier.GuildAndRoles
        : match.GuildId is not null ? BindingTier.Guild
        : match.TeamId is not null ? BindingTier.Team
        : match.AccountId is not BindingMatchConfig.Any ? BindingTier.Account
        : BindingTier.Channel;

    /// <summary>Nobody is the wildcard by calling himself so.</summary>
    private static BindingTier? TierOf(BindingPeerConfig wanted, Origin origin)
    {
        var kind = Enum.Parse<PeerKind>(wanted.Kind, ignoreCase: true);
        if (wanted.Id == BindingMatchConfig.Any)
        {
            return origin.Peer.Kind == kind ? BindingTier.AnyPeer : null;
        }

        var peer = new Peer(kind, wanted.Id);
        return origin.Peer == peer ? BindingTier.Peer
            : origin.Parent == peer ? BindingTier.ParentPeer
            : null;
    }

    private static bool FitsAround(BindingMatchConfig match, Origin origin) =>
        match.Channel == origin.Channel
        && (match.AccountId is BindingMatchConfig.Any || match.Account() == origin.Account)
        && (match.GuildId is null || match.GuildId == origin.Guild)
        && (match.TeamId is null || match.TeamId == origin.Team)
        && (match.Roles is null || match.Roles.Any(role => origin.Roles.Contains(role, StringComparer.Ordinal)));
}
