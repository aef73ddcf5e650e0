using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>Talking with an agent.</summary>
internal sealed class ChatMethods(ChatIntake intake, ChatHistory history, SessionKeys keys, SessionTable sessions, Lanes lanes) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(
            MethodMap.Method("chat.send", OperatorScopes.Write, json.ChatSendParams, json.ChatSendResult, SendAsync) with
            {
                Summary = "Send a message. Answers when it is on disk; the reply comes as chat events.",
            },
            "chat.send_stream");
        methods.Add(MethodMap.Method("chat.history", OperatorScopes.Read, json.ChatHistoryParams, json.ChatHistoryResult, HistoryAsync) with
        {
            Summary = "The newest messages of a session.",
            Deadline = TimeSpan.FromSeconds(30),
        });
        methods.Add(MethodMap.Method("chat.abort", OperatorScopes.Write, json.ChatAbortParams, json.ChatAbortResult, Abort) with
        {
            Summary = "Stop one run, or all runs of a session.",
        });
        methods.Add(MethodMap.Method("agent.run", OperatorScopes.Write, json.AgentRunParams, json.AgentRunResult, RunAsync) with
        {
            Summary = "Send a message and wait for the reply.",
        });
    }

    private async ValueTask<ChatSendResult> SendAsync(ChatSendParams parameters, CallContext context, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(parameters.Message))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "message or attachment required");
        }

        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        if (parameters.SessionId is { } expected && sessions.Find(session)?.SessionId != expected)
        {
            throw new RpcException(RpcErrorKind.Conflict, "the session was reset: its sessionId is another one now");
        }

        var (acceptance, turn) = await intake.AcceptAsync(session, parameters.IdempotencyKey, parameters.Message, context.Caller.ClientId);
        if (turn is not null)
        {
            context.Connection.Follow(session);
            context.AfterAnswer(() => lanes.Enqueue(turn));
        }

        return new ChatSendResult(parameters.IdempotencyKey, acceptance switch
        {
            Acceptance.New => "started",
            Acceptance.InFlight => "in_flight",
            _ => "ok",
        });
    }

    private async ValueTask<ChatHistoryResult> HistoryAsync(ChatHistoryParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        var limit = parameters.Limit ?? ChatHistory.DefaultLimit;
        return await history.ReadAsync(session, limit, parameters.MaxChars ?? ChatHistory.MaxMessageChars, ct);
    }

    private ValueTask<ChatAbortResult> Abort(ChatAbortParams parameters, CallContext context, CancellationToken ct)
    {
        var stopped = lanes.Abort(keys.Resolve(parameters.SessionKey, parameters.AgentId), parameters.RunId);
        return new(new ChatAbortResult(true, stopped.Count > 0, stopped));
    }

    private async ValueTask<AgentRunResult> RunAsync(AgentRunParams parameters, CallContext context, CancellationToken ct)
    {
        var session = parameters.SessionKey is { } key
            ? keys.Resolve(key, parameters.AgentId)
            : keys.MainOf(parameters.AgentId ?? SessionKey.DefaultAgent);
        var (_, turn) = await intake.AcceptAsync(session, Guid.NewGuid().ToString(), parameters.Message, context.Caller.ClientId);
        lanes.Enqueue(turn!);
        var result = await turn!.Completion.WaitAsync(ct);
        return result.Error is null
            ? new AgentRunResult(sessions.Find(session)?.SessionId ?? "", result.Text, session.Value, turn.RunId, StopReasons.Of(result.Status))
            {
                Usage = result.Usage,
            }
            : throw new RpcException(RpcErrorKind.Unavailable, result.Error);
    }
}
