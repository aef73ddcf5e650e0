using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Sessions;

/// <summary>Talking with an agent.</summary>
internal sealed class ChatMethods(
    ChatIntake intake, Asking asking, ChatHistory history, SessionKeys keys, SessionTable sessions, Lanes lanes, RunStops stops, ModelLookup models,
    AttachmentStore attachments) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(
            MethodMap.Method("chat.send", OperatorScopes.Write, json.ChatSendParams, json.ChatSendResult, SendAsync) with
            {
                Cost = CallCost.Chat,
                Summary = "Send a message. Answers when it is on disk; the reply comes as chat events.",
            },
            "chat.send_stream");
        methods.Add(MethodMap.Method("chat.history", OperatorScopes.Read, json.ChatHistoryParams, json.ChatHistoryResult, HistoryAsync) with
        {
            Summary = "The newest messages of a session.",
            Deadline = TimeSpan.FromSeconds(30),
        });
        methods.Add(MethodMap.Method("chat.abort", OperatorScopes.Write, json.ChatAbortParams, json.ChatAbortResult, AbortAsync) with
        {
            Summary = "Stop one run, or all runs of a session.",
        });
        methods.Add(MethodMap.Method("agent.run", OperatorScopes.Write, json.AgentRunParams, json.AgentRunResult, RunAsync) with
        {
            Cost = CallCost.Chat,
            Summary = "Send a message and wait for the reply.",
        });
    }

    private async ValueTask<ChatSendResult> SendAsync(ChatSendParams parameters, CallContext context, CancellationToken ct)
    {
        var files = attachments.Read(parameters.Attachments);
        if (files is null && string.IsNullOrWhiteSpace(parameters.Message))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "message or attachment required");
        }

        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        Thinking.Check("thinking", parameters.Thinking, models(sessions.Find(session)?.ModelOverride, session.AgentId));
        CheckSession(session, parameters.SessionId);
        var wishes = new TurnWishes { Limit = parameters.TimeoutMs is > 0 and var limit ? TimeSpan.FromMilliseconds(limit) : null };
        var commander = parameters.SuppressCommandInterpretation == true ? null : new Commander(context.Caller);
        var taken = await intake.AcceptAsync(
            session, parameters.IdempotencyKey, parameters.Message, context.Caller.ClientId, commander, wishes, parameters.QueueMode, files);
        if (taken.Stopped is { } stopped)
        {
            return new ChatSendResult { Ok = true, Aborted = stopped.Count > 0, RunIds = stopped };
        }

        if (taken.Begin is { } begin)
        {
            context.Connection.Follow(session);
            context.AfterAnswer(begin);
        }

        var interrupted = taken.Turn?.Queue.Mode == QueueMode.Interrupt ? lanes.Of(session).Count(other => other != taken.Turn && other.Abort()) : 0;
        return new ChatSendResult
        {
            RunId = parameters.IdempotencyKey,
            Status = taken.Status,
            InterruptedActiveRun = interrupted > 0 ? true : null,
        };
    }

    private async ValueTask<ChatHistoryResult> HistoryAsync(ChatHistoryParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        CheckSession(session, parameters.SessionId);
        return await history.ReadAsync(session, HistoryPage.Of(parameters), ct);
    }

    private void CheckSession(SessionKey session, string? expectedId)
    {
        if (expectedId is not null && sessions.Find(session)?.SessionId != expectedId)
        {
            throw new RpcException(RpcErrorKind.Conflict, "the session was reset: its sessionId is another one now");
        }
    }

    private async ValueTask<ChatAbortResult> AbortAsync(ChatAbortParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        if (parameters.RunId is { } run && lanes.Find(run) is { } found && found.Session != session)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"the run {run} belongs to another session than {session}");
        }

        var turns = lanes.Of(session);
        var stopped = await stops.StopAsync(turns.Where(turn => parameters.RunId is not { } one || turn.RunId == one), ct);
        return new ChatAbortResult(true, stopped.Count > 0, stopped);
    }

    private async ValueTask<AgentRunResult> RunAsync(AgentRunParams parameters, CallContext context, CancellationToken ct)
    {
        var session = parameters.SessionKey is { } key
            ? keys.Resolve(key, parameters.AgentId)
            : keys.MainOf(parameters.AgentId);
        var reply = await asking.AskAsync(
            session, parameters.IdempotencyKey, parameters.Message, new Commander(context.Caller, OperatorScopes.Admin), attachments.Read(parameters.Attachments), ct);
        return new AgentRunResult(reply.SessionId, reply.Text, session.Value, reply.RunId, reply.StopReason) { Usage = reply.Usage };
    }
}
