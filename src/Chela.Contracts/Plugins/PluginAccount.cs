using Chela.Contracts.Channels;
using Chela.Contracts.Messages;

namespace Chela.Contracts.Plugins;

/// <summary>One account of a plugin's channel.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Settings">What the configuration holds for it; the plugin alone knows what that means.</param>
/// <param name="Folder">A folder of its own, to keep what it needs. It is there.</param>
/// <param name="Time">The clock.</param>
public sealed record PluginAccount(string Name, IReadOnlyDictionary<string, string> Settings, string Folder, TimeProvider Time)
{
    /// <summary>The channel that all accounts of plugins belong to.</summary>
    public const string Channel = "plugin";

    /// <summary>A setting that the account cannot be without.</summary>
    /// <exception cref="ChannelRefusedException">It is not there. The account stays stopped until its settings change.</exception>
    public string Required(string setting) =>
        Settings.GetValueOrDefault(setting) is { Length: > 0 } value ? value : throw new ChannelRefusedException($"channels.{Channel}.{Name}.settings.{setting} is not set.");

    /// <summary>A message that came to the account, to be answered where it was said.</summary>
    /// <param name="id">What the platform calls it in its chat, for ever: one that comes again under it is taken once.</param>
    /// <param name="chat">The person or the room.</param>
    /// <param name="senderId">Who says it: an id that stays, never a display name.</param>
    /// <param name="text">What is said.</param>
    public ChannelMessage Message(string id, Peer chat, string senderId, string text) =>
        new($"{Channel}:{Name}:{chat.Id}:{id}", new Origin(Channel, Name, chat), senderId, text, Time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            ReplyTo = new ReplyTarget(Channel, Name, chat.Id) { Kind = chat.Kind },
            MessageId = id,
        };
}
