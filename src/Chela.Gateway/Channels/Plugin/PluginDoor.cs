using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Contracts.Plugins;

namespace Chela.Gateway.Channels.Plugin;

/// <summary>The door of an account as its plugin sees it: open for messages of this account alone, and while its connection lasts.</summary>
/// <param name="door">The door of the account.</param>
/// <param name="over">Cancelled when the connection has ended; a plugin may not have noticed.</param>
internal sealed class PluginDoor(IChannelDoor door, CancellationToken over) : IChannelDoor
{
    private const int MaxIdChars = 200;

    public string Account => door.Account;

    public void Connected()
    {
        if (!over.IsCancellationRequested)
        {
            door.Connected();
        }
    }

    public void Heard()
    {
        if (!over.IsCancellationRequested)
        {
            door.Heard();
        }
    }

    public async ValueTask<bool> ReceiveAsync(ChannelMessage message, FileFetch? fetch, CancellationToken ct)
    {
        over.ThrowIfCancellationRequested();
        if (!IsOwn(message))
        {
            throw new ArgumentException("The message is of another account. Make it by PluginAccount.Message.", nameof(message));
        }

        if (!Ids(message).All(CanBe))
        {
            throw new ArgumentException($"An id of the message is empty, longer than {MaxIdChars} characters or has control characters.", nameof(message));
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, over);
        return await door.ReceiveAsync(message, fetch, either.Token);
    }

    private bool IsOwn(ChannelMessage message) =>
        (message.Origin.Channel, message.Origin.Account) == (PluginAccount.Channel, Account)
        && (message.ReplyTo is not { } target || (target.Channel, target.Account) == (PluginAccount.Channel, Account))
        && message.RunId.StartsWith($"{PluginAccount.Channel}:{Account}:", StringComparison.Ordinal);

    private static IEnumerable<string?> Ids(ChannelMessage message) =>
        [message.SenderId, message.Origin.Peer.Id, .. new[] { message.MessageId, message.ReplyTo?.Chat, message.ReplyTo?.Thread }.Where(id => id is not null)];

    private static bool CanBe(string? id) => id is { Length: > 0 and <= MaxIdChars } && !id.Any(char.IsControl);
}
