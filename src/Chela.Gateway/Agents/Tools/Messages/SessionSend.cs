using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Agents.Tools.Messages;

/// <summary>
/// The tool that sends a message to another session of the same agent. It is taken in like any other: on disk first, then in its lane. What it
/// causes has the rights of the channel that the sending run came from, and does not send on, nor do the sub-agents that it spawns: two sessions
/// would talk for ever.
/// </summary>
internal sealed class SessionSend
{
    private const string Kind = "session.send";

    private readonly ChatIntake _intake;
    private readonly SessionKeys _keys;
    private readonly SessionTable _sessions;
    private readonly SpawnTree _tree;
    private readonly Lanes _lanes;
    private readonly TimeProvider _time;

    public SessionSend(ChatIntake intake, SessionKeys keys, SessionTable sessions, SpawnTree tree, Lanes lanes, TimeProvider time)
    {
        (_intake, _keys, _sessions, _tree, _lanes, _time) = (intake, keys, sessions, tree, lanes, time);
        Tool = new Tool<SessionSendArguments>(
            Kind, "Sends a message to another of your sessions, which answers there.", SendJson.Default.SessionSendArguments, SendAsync);
    }

    /// <summary>What models are offered.</summary>
    public ITool Tool { get; }

    private static bool IsSent(string run) => run.StartsWith(Kind, StringComparison.Ordinal);

    private async Task<ToolResult> SendAsync(SessionSendArguments arguments, ToolContext context, CancellationToken ct)
    {
        if (IsSent(context.RunId) || (_lanes.Find(context.RunId) is { } turn && IsSent(_tree.CauseOf(turn))))
        {
            throw new ToolRefusal("A message that came from another session is not answered by one. Answer here.");
        }

        try
        {
            var session = _keys.Resolve(arguments.Session, context.AgentId);
            if (session.Value == context.SessionKey || _sessions.Find(session) is null)
            {
                throw new ToolRefusal($"{session} is this session, or none that there is.");
            }

            var id = SendLimits.IdOf(Kind, context, session.Value, arguments.Text);
            var text = $"[From your session {context.SessionKey}]\n{arguments.Text}";
            var message = new InboundMessage(
                id, session, text, context.Channel ?? ChatIntake.OfClients, SessionSender.Of(context.SessionKey), _time.GetUtcNow().ToUnixTimeMilliseconds());
            var taken = await _intake.AcceptAsync(message);
            taken.Begin?.Invoke();
            return new ToolResult(taken.Acceptance == Acceptance.New ? $"Sent to {session}." : $"It was sent to {session} before.");
        }
        catch (RpcException refused)
        {
            throw new ToolRefusal($"It was not sent: {refused.Message}.");
        }
    }
}
