using Chela.Contracts.Messages;

namespace Chela.Gateway.Bus;

/// <summary>
/// The door through which channels bring messages. Returns when the message is on disk, or was before: only then may the platform be
/// told that it arrived. Throws an <c>RpcException</c> when the message was not taken.
/// </summary>
internal delegate ValueTask<Acceptance> InboundDoor(ChannelMessage message, IReadOnlyList<ChannelFile> files);
