using System.Globalization;
using Chela.Contracts.Sessions;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>What the places and senders must be that may command the gateway.</summary>
internal static class CommandRules
{
    /// <summary>The problems, each with the pointer of the value that is wrong.</summary>
    public static IEnumerable<(string Pointer, string Message)> Problems(ChelaConfig config)
    {
        foreach (var (index, owner) in config.Commands.OwnerAllowFrom.Index())
        {
            if (OwnerRefusal(owner, config.Channels) is { } wrong)
            {
                yield return (string.Create(CultureInfo.InvariantCulture, $"/commands/ownerAllowFrom/{index}"), wrong);
            }
        }

        foreach (var place in config.Commands.AllowFrom.Keys.Where(place => place != CommandsConfig.Any))
        {
            if (PlaceRefusal(place, config.Channels) is { } wrong)
            {
                yield return ("/commands/allowFrom", wrong);
            }
        }
    }

    private static string? OwnerRefusal(string owner, ChannelsConfig channels)
    {
        var colon = owner.IndexOf(':', StringComparison.Ordinal);
        return colon < 1 || colon == owner.Length - 1 ? "must be a channel, a colon, and a sender as the channel names them: webhook:anna, or webhook/desk:anna for one account"
            : owner[(colon + 1)..] == CommandsConfig.Any ? "would make everybody an owner, who decides on approvals; name the owners, and let others give commands by commands.allowFrom"
            : PlaceRefusal(owner[..colon], channels);
    }

    private static string? PlaceRefusal(string place, ChannelsConfig channels)
    {
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (channel, account) = slash < 0 ? (place, null) : (place[..slash], place[(slash + 1)..]);
        return !SessionKeyForm.CanBeChannel(channel) ? $"no channel can be called '{JsonText.Show(channel)}'"
            : channel == BindingRules.Webhook && account is not null && !channels.Webhook.ContainsKey(account) ? $"channels.webhook has no account '{JsonText.Show(account)}'"
            : null;
    }
}
