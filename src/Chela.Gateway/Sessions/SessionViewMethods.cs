using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>Looking at single sessions.</summary>
internal sealed class SessionViewMethods(
    SessionTable sessions, SessionList list, SessionKeys keys, ChatHistory history, SessionPreviews previews) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(MethodMap.Method("sessions.describe", OperatorScopes.Read, json.SessionsDescribeParams, json.SessionsDescribeResult, Describe) with
        {
            Summary = "One session as sessions.list shows it; null when there is none.",
        });
        methods.Add(MethodMap.Method("sessions.get", OperatorScopes.Read, json.SessionsGetParams, json.SessionsGetResult, GetAsync) with
        {
            Summary = "The newest messages of a session.",
        });
        methods.Add(MethodMap.Method("sessions.preview", OperatorScopes.Read, json.SessionsPreviewParams, json.SessionsPreviewResult, PreviewAsync) with
        {
            Summary = "The newest messages of several sessions, shortened.",
            Deadline = TimeSpan.FromSeconds(30),
        });
        methods.Add(MethodMap.Method("sessions.resolve", OperatorScopes.Read, json.SessionsResolveParams, json.SessionsResolveResult, Resolve) with
        {
            Summary = "Find a session by its key, its id or its label.",
        });
    }

    private ValueTask<SessionsDescribeResult> Describe(SessionsDescribeParams parameters, CallContext context, CancellationToken ct)
    {
        var entry = sessions.Find(keys.Resolve(parameters.Key, parameters.AgentId));
        return new(new SessionsDescribeResult
        {
            Session = entry is null ? null : list.Row(entry, parameters.IncludeDerivedTitles == true, parameters.IncludeLastMessage == true),
        });
    }

    private async ValueTask<SessionsGetResult> GetAsync(SessionsGetParams parameters, CallContext context, CancellationToken ct)
    {
        var text = parameters.Key ?? parameters.SessionKey
            ?? throw new RpcException(RpcErrorKind.InvalidParams, "invalid sessions.get params: must have required property 'key'");
        var page = new HistoryPage { Limit = parameters.Limit ?? HistoryPage.DefaultLimit };
        var read = await history.ReadAsync(keys.Resolve(text, parameters.AgentId), page, ct);
        return new SessionsGetResult(read.Messages);
    }

    private async ValueTask<SessionsPreviewResult> PreviewAsync(SessionsPreviewParams parameters, CallContext context, CancellationToken ct) =>
        await previews.OfAsync(parameters, ct);

    private ValueTask<SessionsResolveResult> Resolve(SessionsResolveParams parameters, CallContext context, CancellationToken ct)
    {
        var given = new[] { parameters.Key, parameters.SessionId, parameters.Label }.Count(part => part is not null);
        if (given != 1)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "invalid sessions.resolve params: exactly one of key, sessionId and label is needed");
        }

        if (Find(parameters) is { } entry)
        {
            return new(new SessionsResolveResult(true)
            {
                Key = entry.Key,
                AgentId = entry.SessionKey.AgentId,
                DisplayName = entry.Label,
            });
        }

        return parameters.AllowMissing == true
            ? new(new SessionsResolveResult(false))
            : throw new RpcException(RpcErrorKind.NotFound, $"No session found: {parameters.Key ?? parameters.SessionId ?? parameters.Label}");
    }

    private SessionEntry? Find(SessionsResolveParams parameters) => parameters.Key is { } key
        ? sessions.Find(keys.Resolve(key, parameters.AgentId))
        : sessions.All
            .Where(entry => parameters.SessionId is { } id ? entry.SessionId == id : entry.Label == parameters.Label)
            .FirstOrDefault(entry => parameters.AgentId is null || entry.IsOf(parameters.AgentId));
}
