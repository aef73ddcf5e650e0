namespace Chela.Contracts.Sessions;

/// <summary>A thread inside a conversation.</summary>
/// <param name="Id">As the channel names it.</param>
/// <param name="IsTopic">True for a topic of a forum, which the key says by another word.</param>
public sealed record SessionThread(string Id, bool IsTopic = false);
