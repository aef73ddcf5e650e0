using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions.Routing;

/// <summary>Says which agent answers what a channel brings, and in which session: by the bindings and the scopes of sessions.</summary>
internal sealed class Router(ConfigStore config)
{
    /// <summary>The message on its way to the session that it belongs to.</summary>
    public InboundMessage Route(ChannelMessage message) => new(
        message.RunId, SessionOf(message.Origin), message.Content, message.Origin.Channel, message.SenderId, message.TimestampMs)
    {
        Origin = message.Origin,
        ReplyTo = message.ReplyTo,
        MessageId = message.MessageId,
    };

    /// <summary>The session of what is said there.</summary>
    /// <exception cref="ArgumentException">No channel has such a name: that of a channel stands in session keys as it is.</exception>
    public SessionKey SessionOf(Origin origin)
    {
        if (!CanBeChannel(origin.Channel))
        {
            throw new ArgumentException($"no channel can be called '{origin.Channel}'", nameof(origin));
        }

        var now = config.Current.Config;
        var binding = BindingChoice.For(origin, now.Bindings);
        var form = origin.Peer.Kind == PeerKind.Direct
            ? Person(origin, binding?.Session?.DmScope ?? now.Session.DmScope, now.Session)
            : Room(origin, binding?.Session?.GroupScope ?? now.Session.GroupScope, now.Session);
        var thread = origin.Thread is { } one ? one with { Id = KeyWord.Of(one.Id) } : null;
        return SessionKey.Of(binding?.AgentId ?? now.Agents.DefaultId, (form with { InThread = thread }).ToString());
    }

    private static SessionKeyForm Person(Origin origin, string scope, SessionConfig session)
    {
        if (scope == DmScopes.Main)
        {
            return Main(session);
        }

        return new SessionKeyForm(SessionKind.Direct, NameOf(origin, session))
        {
            Channel = scope == DmScopes.PerPeer ? null : origin.Channel,
            Account = scope == DmScopes.PerAccountChannelPeer ? KeyWord.Of(origin.Account) : null,
        };
    }

    private static SessionKeyForm Room(Origin origin, string scope, SessionConfig session)
    {
        if (scope == GroupScopes.Main)
        {
            return Main(session);
        }

        // As OpenClaw has it for its one account; rooms that others name alike are other rooms.
        return new SessionKeyForm(origin.Peer.Kind == PeerKind.Group ? SessionKind.Group : SessionKind.Channel, KeyWord.Of(origin.Peer.Id))
        {
            Channel = origin.Channel,
            Account = origin.Account == BindingMatchConfig.DefaultAccount ? null : KeyWord.Of(origin.Account),
        };
    }

    private static bool CanBeChannel(string name) =>
        name.Length <= BindingMatchConfig.MaxChannelLength && SessionKeyForm.CanBeChannel(name) && KeyWord.Of(name) == name;

    private static SessionKeyForm Main(SessionConfig session) => new(SessionKind.Named, session.MainKey);

    /// <summary>The name that is linked with a peer, else the peer's id; who only calls himself by a linked name does not get it.</summary>
    private static string NameOf(Origin origin, SessionConfig session)
    {
        var peer = $"{origin.Channel}:{origin.Peer.Id}";
        var linked = session.IdentityLinks.FirstOrDefault(link => link.Value.Contains(peer, StringComparer.Ordinal)).Key;
        var word = KeyWord.Of(origin.Peer.Id);
        return linked ?? (session.IdentityLinks.ContainsKey(word) ? KeyWord.DigestOf(word) : word);
    }
}
