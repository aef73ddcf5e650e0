using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Tests.Bus;

[Trait("Requirement", "O2")]
public sealed class KeptTraceTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Fact]
    public void The_next_process_knows_to_which_trace_a_message_belongs()
    {
        var message = new InboundMessage("r1", SessionKey.Main, "Hello", "webchat", "cli", 1) { TraceParent = Trace };

        Assert.Equal(Trace, InboxRecord.Of(message).ToTurn().Message.TraceParent);
        Assert.Equal(InboxRecord.PrintOf(message), InboxRecord.PrintOf(message with { TraceParent = null })); // it is the same message
    }

    [Fact]
    public void And_an_answer()
    {
        var answer = new OutboundMessage("r1", new ReplyTarget("webhook", "desk", "anna"), "Hi.", 1) { TraceParent = Trace };

        Assert.Equal(Trace, OutboxItem.Of(new OutboxItem(answer).ToRecord()).Message.TraceParent);
    }
}
