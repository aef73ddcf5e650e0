using Chela.Contracts.Access;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Context;

/// <summary>Making a conversation shorter by a call.</summary>
internal sealed class CompactionMethods(SessionCompaction compaction, SessionKeys keys, SessionNews news) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = CompactionJson.Default;
        methods.Add(MethodMap.Method("sessions.compact", OperatorScopes.Admin, json.SessionsCompactParams, json.SessionsCompactResult, CompactAsync) with
        {
            Summary = "Have the older part of a session summarized, once what runs and waits there has ended.",
            Cost = CallCost.Chat,
        });
    }

    private async ValueTask<SessionsCompactResult> CompactAsync(SessionsCompactParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.Key, parameters.AgentId);
        var result = await compaction.CompactAsync(key, $"compact-{Guid.NewGuid()}", wishes: null, ct);
        if (result.Compacted)
        {
            context.AfterAnswer(() => news.Tell(key, "compact"));
        }

        return result;
    }
}
