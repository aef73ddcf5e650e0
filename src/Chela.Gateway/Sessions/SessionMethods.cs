using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>The list of sessions, and deleting from it.</summary>
internal sealed class SessionMethods(
    SessionList list, SessionTable sessions, SessionRemoval removal, SessionKeys keys, SessionNews news, ModelLookup models, string directory)
    : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(
            MethodMap.Method("sessions.list", OperatorScopes.Read, json.SessionsListParams, json.SessionsListResult, ListAsync) with
            {
                Summary = "List sessions, newest first.",
            },
            "session.list");
        methods.Add(
            MethodMap.Method("sessions.delete", OperatorScopes.Write, json.SessionsDeleteParams, json.SessionsDeleteResult, DeleteAsync) with
            {
                IsAudited = true,
                Summary = "Delete a session and its transcript; what runs in it is stopped.",
            },
            "session.delete");
    }

    private ValueTask<SessionsListResult> ListAsync(SessionsListParams parameters, CallContext context, CancellationToken ct) =>
        new(list.Page(parameters, models(null, keys.DefaultAgent), directory));

    private async ValueTask<SessionsDeleteResult> DeleteAsync(SessionsDeleteParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.Key, parameters.AgentId);
        Check(parameters, sessions.Find(key), context.Caller);
        var deleted = await removal.RemoveAsync(key, parameters.DeleteTranscript ?? true, ct);
        if (deleted)
        {
            context.AfterAnswer(() => news.Tell(key, "delete"));
        }

        return new SessionsDeleteResult(true, key.Value, deleted, []);
    }

    /// <summary>Deleting is for administrators; others may delete what was archived.</summary>
    private static void Check(SessionsDeleteParams asked, SessionEntry? found, Caller caller)
    {
        if (asked.ArchivedOnly != true && !caller.Holds(OperatorScopes.Admin))
        {
            throw new RpcException(ScopeCheck.Missing(OperatorScopes.Admin));
        }

        if ((asked.ExpectedSessionId is { } id && found?.SessionId != id)
            || (asked.ExpectedSessionUpdatedAt is { } updatedAt && found?.UpdatedAtMs != updatedAt))
        {
            throw new RpcException(RpcErrorKind.Conflict, "the session changed since it was read; list it again");
        }

        if (asked.ArchivedOnly == true && found is { IsArchived: false })
        {
            throw new RpcException(RpcErrorKind.Conflict, "the session is not archived; archive it first, by sessions.patch");
        }
    }
}
