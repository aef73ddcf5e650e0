using System.Diagnostics;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Bus;

/// <summary>What a trace shows of a turn: how long it waited, and its run. It goes on where the message was accepted, also in another process.</summary>
internal static class TurnTrace
{
    /// <summary>Begins the span of a run that has its turn now.</summary>
    public static Activity? Begin(Turn turn)
    {
        var message = turn.Message;
        Traces.Begin("lane.wait", ActivityKind.Internal, message.TraceParent, DateTimeOffset.FromUnixTimeMilliseconds(message.TimestampMs))?.Dispose();
        var span = Traces.Begin("run", ActivityKind.Consumer, message.TraceParent);
        span?.SetTag("chela.run", turn.RunId)
            .SetTag("chela.session", turn.Session.Value)
            .SetTag("chela.channel", message.Channel)
            .SetTag("gen_ai.agent.id", turn.Session.AgentId);
        return span;
    }

    public static void End(Activity? span, Turn turn, TurnStatus status)
    {
        if (span is null)
        {
            return;
        }

        foreach (var carried in turn.Carried)
        {
            Traces.Link(span, carried.Message.TraceParent);
        }

        span.SetTag("chela.status", status.ToString());
        Traces.End(span, status == TurnStatus.Failed ? nameof(TurnStatus.Failed) : null);
    }
}
