using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The chat and session methods in the words of the JSON-RPC design document: snake case, <c>text</c> for the message. The
/// same turns and transcripts stand behind them; a call that brings a parameter of the common form means that one.
/// </summary>
internal sealed class ChatForms(
    ChatIntake intake, Asking asking, ChatHistory history, SessionKeys keys, SessionTable sessions, SessionRemoval removal, RunStops stops,
    AttachmentStore attachments) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = ChatFormsJson.Default;
        Add(MethodMap.Method("chat.send", OperatorScopes.Write, json.TextParams, json.TextResult, SendAsync) with
        {
            Cost = CallCost.Chat,
            Summary = "Send a message and wait for the reply.",
        });
        Add(MethodMap.Method("chat.send_stream", OperatorScopes.Write, json.TextParams, json.StreamResult, StreamAsync) with
        {
            Cost = CallCost.Chat,
            Summary = "Send a message; the reply comes as chat.delta events and ends with chat.done, chat.aborted or chat.error.",
        });
        Add(MethodMap.Method("chat.history", OperatorScopes.Read, json.SessionParams, json.HistoryResult, HistoryAsync) with
        {
            Summary = "The newest messages of a session.",
        });
        Add(MethodMap.Method("chat.abort", OperatorScopes.Write, json.AbortParams, json.AbortResult, AbortAsync) with
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
        var session = SessionOf(parameters);
        var reply = await asking.AskAsync(session, parameters.IdempotencyKey, parameters.Text, new Commander(context.Caller), attachments.Read(parameters.Attachments), ct);
        return new TextResult(reply.RunId, reply.Text, Timestamps.Iso(reply.EndedAtMs), session.Value, reply.StopReason) { Usage = reply.Usage };
    }

    private async ValueTask<StreamResult> StreamAsync(TextParams parameters, CallContext context, CancellationToken ct)
    {
        var session = SessionOf(parameters);
        var runId = parameters.IdempotencyKey ?? Guid.NewGuid().ToString();
        var taken = await intake.AcceptAsync(session, runId, parameters.Text, context.Caller.ClientId, new Commander(context.Caller), files: attachments.Read(parameters.Attachments));
        context.Connection.Follow(session);
        if (taken.Begin is { } begin)
        {
            context.AfterAnswer(begin);
        }

        return new StreamResult(runId, session.Value, taken.Status);
    }

    private SessionKey SessionOf(TextParams parameters) => string.IsNullOrWhiteSpace(parameters.Text) && parameters.Attachments is not { Count: > 0 }
        ? throw new RpcException(RpcErrorKind.InvalidParams, "invalid params: at /text: must not be blank")
        : keys.Resolve(parameters.SessionKey ?? "main", null);

    private async ValueTask<HistoryResult> HistoryAsync(SessionParams parameters, CallContext context, CancellationToken ct)
    {
        var session = keys.Resolve(parameters.SessionKey ?? "main", null);
        var read = await history.ReadAsync(session, new HistoryPage { Limit = parameters.Limit ?? HistoryPage.DefaultLimit }, ct);
        return new HistoryResult(session.Value, [.. read.Messages.Select(message => new HistoryMessage(
            message.RunId ?? message.Id ?? "", message.Role, string.Concat(message.Content.Where(block => block.Type == "text").Select(block => block.Text)), Timestamps.Iso(message.Timestamp))
            {
                StopReason = message.StopReason,
                Attachments = HistoryFile.In(message),
            })]);
    }

    private async ValueTask<AbortResult> AbortAsync(AbortParams parameters, CallContext context, CancellationToken ct)
    {
        var stopped = await stops.StopAsync(keys.Resolve(parameters.SessionKey ?? "main", null), parameters.MessageId, ct);
        return new AbortResult(stopped.Count > 0, stopped);
    }

    private ValueTask<SessionListResult> List(SessionListParams parameters, CallContext context, CancellationToken ct) => new(new SessionListResult(
    [
        .. sessions.Page(0, parameters.Limit ?? SessionList.DefaultLimit).Page.Select(entry => new SessionRow(
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
