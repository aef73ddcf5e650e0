using Chela.Contracts.Messages;

namespace Chela.Contracts.Channels;

/// <summary>What a running account of a channel tells the gateway.</summary>
public interface IChannelDoor
{
    /// <summary>The account, by the name in the configuration.</summary>
    string Account { get; }

    /// <summary>The platform has let the account in.</summary>
    void Connected();

    /// <summary>The connection gave a sign of life: a message, an answer to a poll, a heartbeat.</summary>
    void Heard();

    /// <summary>
    /// Takes a message in. Returns when it is on disk, or was before, or is not wanted: only then may the platform be told that it arrived.
    /// While the gateway cannot take it, it waits.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="fetch">Fetches the files that came with it; asked only when the message is wanted. Null where there are none.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <returns>False for a message that is not wanted: its sender may not speak, or nobody called the agent.</returns>
    ValueTask<bool> ReceiveAsync(ChannelMessage message, FileFetch? fetch, CancellationToken ct);
}

/// <summary>Fetches the files of a message from the platform. What cannot be fetched is left out.</summary>
public delegate Task<IReadOnlyList<ChannelFile>> FileFetch(CancellationToken ct);
