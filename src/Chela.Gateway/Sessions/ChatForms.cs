using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The chat and session methods in the words of the JSON-RPC design document: snake case, <c>text</c> for the message. The
/// same turns and transcripts stand behind them; a call that brings a parameter of the common form means that one.
/// </summary>
internal sealed class ChatForms(ChatIntake intake, ChatHistory history, SessionKeys keys, SessionTable sessions, SessionRemoval removal, Lanes lanes)
    : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = ChatFormsJson.Default;
        Add(MethodMap.Method("chat.send", OperatorScopes.Write, json.TextParams, json.TextResult, SendAsync) with
        {
            Summary = "Send a message and wait for the reply.",
        });
        Add(MethodMap.Method("chat.send_stream", OperatorScopes.Write, json.TextParams, json.StreamResult, StreamAsync) with
        {
            Summary = "Send a message; the reply comes as chat.delta events and ends with chat.done, chat.aborted or chat.error.",
        });
        Add(MethodMap.Method("chat.history", OperatorScopes.Read, json.SessionParams, json.HistoryResult, HistoryAsync) with
        {
            Summary = "The newest messages of a session.",
        });
        Add(MethodMap.Method("chat.abort", OperatorScopes.Write, json.AbortParams, json.AbortResult, Abort) with
        {
            Summary = "Stop one message's run, or all runs of a session.",
        });
        Add(MethodMap.Method("session.list", OperatorScopes.Read, json.SessionListParams, json.SessionListResult, List) with
        {
            Summary = "List sessions, newest first.",
        });
        Add(MethodMap.Method("session.delete", OperatorScopes.Admin, json.DeleteParams, json.DeleteResult, DeleteAsync) with
        {
            Summary = "Delete a session and its transcript.",
        }, unless: "key");

        void Add(RpcMethod method, string unless = "sessionKey") => methods.AddForm(Dialect.JsonRpc, method, unless);
    }

    private async ValueTask<TextResult> SendAsync(TextParams parameters, CallContext context, CancellationToken ct)
    {
        var turn = await TakeInAsync(parameters, context);
        lanes.Enqueue(turn);
        var result = await turn.Completion.WaitAsync(ct);
        return result.Error is null
            ? new TextResult(turn.RunId, result.Text, Timestamps.Iso(result.EndedAtMs), turn.Session.Value, StopReasons.Of(result.Status))
            {
                Usage = result.Usage,
            }
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
            message.RunId ?? message.Id ?? "", message.Role, message.Content[0].Text, Timestamps.Iso(message.Timestamp))
            {
                StopReason = message.StopReason,
            })]);
    }

    private ValueTask<AbortResult> Abort(AbortParams parameters, CallContext context, CancellationToken ct)
    {
        var stopped = lanes.Abort(keys.Resolve(parameters.SessionKey ?? "main", null), parameters.MessageId);
        return new(new AbortResult(stopped.Count > 0, stopped));
    }

    private ValueTask<SessionListResult> List(SessionListParams parameters, CallContext context, CancellationToken ct) => new(new SessionListResult(
    [
        .. sessions.All.OrderByDescending(entry => entry.UpdatedAtMs).Take(parameters.Limit ?? SessionList.DefaultLimit).Select(entry => new SessionRow(
            entry.Key,
            entry.SessionKey.AgentId,
            entry.MessageCount,
            Timestamps.Iso(entry.CreatedAtMs),
            Timestamps.Iso(entry.UpdatedAtMs))),
    ]));

    private async ValueTask<DeleteResult> DeleteAsync(DeleteParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey, null);
        return new DeleteResult(session.Value, await removal.RemoveAsync(session, deleteTranscript: true, ct));
    }
}
