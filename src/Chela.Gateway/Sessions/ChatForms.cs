using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The chat and session methods in the words of the JSON-RPC design document: snake case, <c>text</c> for the message. The
/// same turns and transcripts stand behind them; a call that brings <c>sessionKey</c> means the common form.
/// </summary>
internal sealed class ChatForms(ChatIntake intake, ChatHistory history, SessionKeys keys, SessionTable sessions, SessionRemoval removal, Lanes lanes)
    : IMethodModule
{
    private const string CommonOnly = "sessionKey";

    public void Map(MethodMap methods)
    {
        var json = ChatFormsJson.Default;
        Add("chat.send", MethodMap.Method("chat.send", OperatorScopes.Write, json.TextParams, json.TextResult, SendAsync) with
        {
            Summary = "Send a message and wait for the reply.",
        });
        Add("chat.send_stream", MethodMap.Method("chat.send_stream", OperatorScopes.Write, json.TextParams, json.StreamResult, StreamAsync) with
        {
            Summary = "Send a message; the reply comes as chat.delta events and ends with chat.done, chat.aborted or chat.error.",
        });
        Add("chat.history", MethodMap.Method("chat.history", OperatorScopes.Read, json.SessionParams, json.HistoryResult, HistoryAsync) with
        {
            Summary = "The newest messages of a session.",
        });
        Add("chat.abort", MethodMap.Method("chat.abort", OperatorScopes.Write, json.AbortParams, json.AbortResult, Abort) with
        {
            Summary = "Stop one message's run, or all runs of a session.",
        });
        Add("session.list", MethodMap.Method("session.list", OperatorScopes.Read, json.NoParams, json.SessionListResult, List) with
        {
            Summary = "List sessions, newest first.",
        });
        Add("session.delete", MethodMap.Method("session.delete", OperatorScopes.Admin, json.SessionParams, json.DeleteResult, DeleteAsync) with
        {
            Summary = "Delete a session and its transcript.",
        });

        void Add(string name, RpcMethod method) => methods.AddForm(Dialect.JsonRpc, method, CommonOnly);
    }

    private async ValueTask<TextResult> SendAsync(TextParams parameters, CallContext context, CancellationToken ct)
    {
        var turn = await TakeInAsync(parameters, context);
        lanes.Enqueue(turn);
        var result = await turn.Completion.WaitAsync(ct);
        return result.Error is null
            ? new TextResult(turn.RunId, result.Text, Timestamps.Iso(result.EndedAtMs), turn.Session.Value, result.Usage)
            : throw new RpcException(RpcErrorKind.Unavailable, result.Error);
    }

    private async ValueTask<StreamResult> StreamAsync(TextParams parameters, CallContext context, CancellationToken ct)
    {
        var turn = await TakeInAsync(parameters, context);
        context.Connection.Follow(turn.Session);
        context.AfterAnswer(() => lanes.Enqueue(turn));
        return new StreamResult(turn.RunId, turn.Session.Value, "started");
    }

    private async ValueTask<Turn> TakeInAsync(TextParams parameters, CallContext context)
    {
        if (string.IsNullOrWhiteSpace(parameters.Text))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "invalid params: at /text: must not be blank");
        }

        var session = keys.Resolve(parameters.SessionKey ?? "main", null);
        return (await intake.AcceptAsync(session, Guid.NewGuid().ToString(), parameters.Text, context.Caller.ClientId)).Turn!;
    }

    private async ValueTask<HistoryResult> HistoryAsync(SessionParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey ?? "main", null);
        var read = await history.ReadAsync(session, parameters.Limit ?? ChatHistory.DefaultLimit, ChatHistory.MaxMessageChars, ct);
        return new HistoryResult(session.Value, [.. read.Messages.Select(message => new HistoryMessage(
            message.RunId ?? message.Id ?? "", message.Role, message.Content[0].Text, Timestamps.Iso(message.Timestamp), message.StopReason))]);
    }

    private ValueTask<AbortResult> Abort(AbortParams parameters, CallContext context, CancellationToken ct)
    {
        var stopped = lanes.Abort(keys.Resolve(parameters.SessionKey ?? "main", null), parameters.MessageId);
        return new(new AbortResult(stopped.Count > 0, stopped));
    }

    private ValueTask<SessionListResult> List(NoParams parameters, CallContext context, CancellationToken ct) => new(new SessionListResult(
    [
        .. sessions.All.OrderByDescending(entry => entry.UpdatedAtMs).Take(SessionList.MaxLimit).Select(entry => new SessionRow(
            entry.Key,
            entry.SessionKey.AgentId,
            entry.MessageCount,
            Timestamps.Iso(entry.CreatedAtMs),
            Timestamps.Iso(entry.UpdatedAtMs))),
    ]));

    private async ValueTask<DeleteResult> DeleteAsync(SessionParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey ?? throw new RpcException(
            RpcErrorKind.InvalidParams, "invalid session.delete params: must have required property 'session_key'"), null);
        return new DeleteResult(session.Value, await removal.RemoveAsync(session, deleteTranscript: true, ct));
    }
}
