using Chela.Contracts.Access;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Says what those who write on channels may tell the gateway: what the configuration gives them, and no more.</summary>
internal sealed class ChannelCommanders(ConfigStore config)
{
    private const OperatorScopes OfOwners = OperatorScopes.Write | OperatorScopes.Approvals;

    /// <summary>The sender of a message; without any scope where the configuration does not name them.</summary>
    public Commander Of(ChannelMessage message)
    {
        var commands = config.Current.Config.Commands;
        var places = PlacesOf(message.Origin.Channel, message.Origin.Account);
        var scopes = places.Any(place => commands.OwnerAllowFrom.Contains($"{place}:{message.SenderId}", StringComparer.Ordinal)) ? OfOwners
            : IsAllowed(message.SenderId, places, commands) ? OperatorScopes.Write
            : OperatorScopes.None;
        return new Commander(new Caller(places[0], CallerRole.Operator, scopes, $"{places[0]}:{message.SenderId}"));
    }

    /// <summary>True when somebody who writes there may decide on approvals.</summary>
    public bool HaveOwnerAt(ReplyTarget target) => PlacesOf(target.Channel, target.Account).Any(place =>
        config.Current.Config.Commands.OwnerAllowFrom.Any(owner => owner.StartsWith($"{place}:", StringComparison.Ordinal)));

    /// <summary>The narrowest place that is named decides alone.</summary>
    private static bool IsAllowed(string sender, IReadOnlyList<string> places, CommandsConfig commands) =>
        places.Append(CommandsConfig.Any).Select(place => commands.AllowFrom.GetValueOrDefault(place)).FirstOrDefault(senders => senders is not null)
            is { } allowed && (allowed.Contains(CommandsConfig.Any, StringComparer.Ordinal) || allowed.Contains(sender, StringComparer.Ordinal));

    private static IReadOnlyList<string> PlacesOf(string channel, string account) => [$"{channel}/{account}", channel];
}
