using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Search;

/// <summary>Finding what was said.</summary>
internal sealed class SearchMethods(TranscriptSearch search, SessionTable sessions, SessionList list, SessionKeys keys) : IMethodModule
{
    private const int DefaultLimit = 10;

    public void Map(MethodMap methods)
    {
        var json = SearchJson.Default;
        methods.Add(MethodMap.Method("sessions.search", OperatorScopes.Read, json.SessionsSearchParams, json.SessionsSearchResult, FindAsync) with
        {
            Summary = "Find messages by words in them, those of the newest sessions first.",
            Deadline = TimeSpan.FromSeconds(30),
        });
    }

    private async ValueTask<SessionsSearchResult> FindAsync(SessionsSearchParams parameters, CallContext context, CancellationToken ct)
    {
        if (parameters.Scope is not null && (parameters.AgentId ?? parameters.SessionKeys as object) is not null)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "invalid sessions.search params: at /scope: not together with agentId or sessionKeys");
        }

        var words = new SearchWords(parameters.Query);
        return words.Any
            ? await search.FindAsync(words, Searched(parameters), parameters.Limit ?? DefaultLimit, ct)
            : throw new RpcException(RpcErrorKind.InvalidParams, "invalid sessions.search params: at /query: must not be blank");
    }

    private IEnumerable<SessionEntry> Searched(SessionsSearchParams parameters) => parameters switch
    {
        { Scope: { } scope } => list.Matching(scope),
        { SessionKeys: { } named } => named
            .Select(key => sessions.Find(keys.Resolve(key, parameters.AgentId)))
            .OfType<SessionEntry>()
            .Distinct()
            .OrderByDescending(entry => entry.UpdatedAtMs),
        { AgentId: { } agent } => sessions.All.Where(entry => entry.IsOf(agent)),
        _ => sessions.All,
    };
}
