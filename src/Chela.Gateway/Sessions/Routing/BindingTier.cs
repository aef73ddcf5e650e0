namespace Chela.Gateway.Sessions.Routing;

/// <summary>How much a binding says of where a message was said; what says most comes first.</summary>
internal enum BindingTier
{
    Peer,
    ParentPeer,
    AnyPeer,
    GuildAndRoles,
    Guild,
    Team,
    Account,
    Channel,
}
