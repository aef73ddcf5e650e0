using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Sessions;

/// <summary>Talking with an agent.</summary>
internal sealed class ChatMethods(
    ChatSending sending, Asking asking, ChatHistory history, SessionKeys keys, Lanes lanes, RunStops stops, AttachmentStore attachments)
    : IMethodModule
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

    private ValueTask<ChatSendResult> SendAsync(ChatSendParams parameters, CallContext context, CancellationToken ct) => sending.SendAsync(parameters, context);

    private async ValueTask<ChatHistoryResult> HistoryAsync(ChatHistoryParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        sending.CheckSession(session, parameters.SessionId);
        return await history.ReadAsync(session, HistoryPage.Of(parameters), ct);
    }

    private async ValueTask<ChatAbortResult> AbortAsync(ChatAbortParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        if (parameters.RunId is { } run && lanes.Find(run) is { } found && found.Session != session)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"the run {run} belongs to another session than {session}");
        }

        var stopped = await stops.StopAsync(session, parameters.RunId, ct);
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
