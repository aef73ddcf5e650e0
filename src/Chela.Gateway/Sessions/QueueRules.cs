using Chela.Contracts.Messages;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>How a message waits: as its sender says, else as its session has it, else its channel, else the configuration.</summary>
internal sealed class QueueRules(ConfigStore config, SessionTable sessions)
{
    /// <param name="message">The message.</param>
    /// <param name="mode">The mode that its sender wants; null for none.</param>
    public QueueSettings For(InboundMessage message, string? mode)
    {
        var rules = config.Current.Config.Messages.Queue;
        var session = sessions.Find(message.Session);
        return new QueueSettings
        {
            Mode = Enum.Parse<QueueMode>(mode ?? session?.QueueMode ?? rules.ByChannel.GetValueOrDefault(message.Channel, rules.Mode), ignoreCase: true),
            Debounce = TimeSpan.FromMilliseconds(session?.QueueDebounceMs ?? rules.DebounceMs),
            Hold = TimeSpan.FromMilliseconds(HoldMs(message.Channel)),
            Cap = session?.QueueCap ?? rules.Cap,
            Drop = Enum.Parse<QueueDrop>(session?.QueueDrop ?? rules.Drop, ignoreCase: true),
        };
    }

    /// <summary>Nothing of what comes over sockets and HTTP is held: a client that sends a message has it whole.</summary>
    private int HoldMs(string channel)
    {
        var rules = config.Current.Config.Messages.Inbound;
        return channel == ChatIntake.OfClients ? 0 : rules.ByChannel.GetValueOrDefault(channel, rules.DebounceMs);
    }
}
