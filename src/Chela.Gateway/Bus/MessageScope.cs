using Chela.Contracts.Messages;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Bus;

/// <summary>The taking in of a message as a piece of work.</summary>
internal sealed class MessageScope(InboundMessage message) : IWorkScope
{
    public WorkFacts Facts => FactsOf(message);

    public static WorkFacts FactsOf(InboundMessage message) => new()
    {
        Session = message.Session.Value,
        Channel = message.Channel,
        User = message.SenderId,
        Message = message.RunId,
        Agent = message.Session.AgentId,
    };
}
