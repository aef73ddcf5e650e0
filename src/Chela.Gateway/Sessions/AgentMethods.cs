using Chela.Contracts.Access;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Sessions;

/// <summary>Running an agent and waiting for it.</summary>
internal sealed class AgentMethods(
    ChatIntake intake, AgentTarget target, SessionTable sessions, PastRuns past, Inbox inbox, Runs runs, AttachmentStore attachments) : IMethodModule
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(MethodMap.Method("agent", OperatorScopes.Write, json.AgentParams, json.AgentAnswer, RunAsync) with
        {
            Cost = CallCost.Chat,
            Summary = "Run an agent. Answers twice: when the message is on disk, and when the run has ended; elsewhere than in the OpenClaw dialect only then.",
        });
        methods.Add(MethodMap.Method("agent.wait", OperatorScopes.Write, json.AgentWaitParams, json.AgentWaitResult, WaitAsync) with
        {
            Summary = "Wait for the end of a run.",
        });
    }

    private async ValueTask<AgentAnswer> RunAsync(AgentParams parameters, CallContext context, CancellationToken ct)
    {
        var session = target.Of(parameters);
        var wishes = target.Wishes(session, parameters, context.Caller);
        var key = parameters.IdempotencyKey;
        var commander = new Commander(context.Caller, OperatorScopes.Admin);
        var taken = await intake.AcceptAsync(session, key, parameters.Message, context.Caller.ClientId, commander, wishes, files: attachments.Read(parameters.Attachments));
        var (acceptance, turn) = taken;
        if (parameters.Label is { } label)
        {
            sessions.Update(session, entry => entry with { Label = label });
        }

        if (turn is null)
        {
            return acceptance == Acceptance.InFlight ? new AgentAnswer(key, "in_flight") : await FindAsync(session, key, ct);
        }

        context.Connection.Follow(session);
        context.AnswerInterim(Accepted(turn));
        taken.Begin!();
        var result = await turn.Completion.WaitAsync(ct);
        return AgentAnswers.Of(key, sessions.Find(session)?.SessionId ?? "", result, turn.Message.TimestampMs);
    }

    private async ValueTask<AgentWaitResult> WaitAsync(AgentWaitParams parameters, CallContext context, CancellationToken ct)
    {
        if (!runs.Knows(parameters.RunId) && inbox.EndOf(parameters.RunId) is { Session: { } text } && SessionKey.TryParse(text, out var session, out _))
        {
            return AgentAnswers.Of(await past.FindAsync(session, parameters.RunId, ct)); // it ended long ago, or before a restart
        }

        var limit = parameters.TimeoutMs is { } wanted ? TimeSpan.FromMilliseconds(wanted) : DefaultWait;
        var ended = await runs.WaitAsync(parameters.RunId, limit, ct);
        return ended is null ? new AgentWaitResult(parameters.RunId, "timeout") : AgentAnswers.Of(ended);
    }

    private static Answer<AgentAnswer> Accepted(Turn turn)
    {
        var accepted = new AgentAnswer(turn.RunId, "accepted")
        {
            SessionKey = turn.Session.Value,
            AgentId = turn.Session.AgentId,
            AcceptedAt = turn.Message.TimestampMs,
        };
        return new Answer<AgentAnswer>(accepted, SessionsJson.Default.AgentAnswer);
    }

    private async ValueTask<AgentAnswer> FindAsync(SessionKey session, string runId, CancellationToken ct)
    {
        var run = await past.FindAsync(session, runId, ct);
        return AgentAnswers.Of(run.SessionId, run.Question, run.Answer);
    }
}
