using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Sessions;

/// <summary>Sends the messages of clients, under whichever method's name they come.</summary>
internal sealed class ChatSending(
    ChatIntake intake, SessionKeys keys, SessionTable sessions, Lanes lanes, ModelLookup models, AttachmentStore attachments)
{
    /// <summary>Takes a message in; returns when it is on disk.</summary>
    /// <exception cref="RpcException">It is not taken in, and leaves nothing.</exception>
    public async ValueTask<ChatSendResult> SendAsync(ChatSendParams parameters, CallContext context)
    {
        var files = attachments.Read(parameters.Attachments);
        if (files is null && string.IsNullOrWhiteSpace(parameters.Message))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "message or attachment required");
        }

        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        var thinking = Thinking.Read("thinking", parameters.Thinking, models(sessions.Find(session)?.ModelOverride, session.AgentId));
        CheckSession(session, parameters.SessionId);
        var wishes = new TurnWishes
        {
            Limit = parameters.TimeoutMs is > 0 and var limit ? TimeSpan.FromMilliseconds(limit) : null,
            Thinking = thinking,
        };
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

    /// <summary>Refuses a call that means the session as it was before a reset.</summary>
    /// <param name="session">The session.</param>
    /// <param name="expectedId">Its id, as the caller knows it; null for whatever it is.</param>
    public void CheckSession(SessionKey session, string? expectedId)
    {
        if (expectedId is not null && sessions.Find(session)?.SessionId != expectedId)
        {
            throw new RpcException(RpcErrorKind.Conflict, "the session was reset: its sessionId is another one now");
        }
    }
}
