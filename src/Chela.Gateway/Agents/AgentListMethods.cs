using System.ComponentModel.DataAnnotations;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents;

/// <summary>Parameters of <c>agents.list</c>: none.</summary>
internal sealed record AgentsListParams;

/// <summary>Result of <c>agents.list</c>.</summary>
internal sealed record AgentsListResult(
    string DefaultId, string Ownership, bool SelectionRequired, string MainKey, string Scope, IReadOnlyList<AgentSummary> Agents);

/// <summary>An agent in the list.</summary>
internal sealed record AgentSummary(string Id, AgentModel Model);

/// <summary>The model that an agent uses.</summary>
internal sealed record AgentModel(string Primary);

/// <summary>Parameters of <c>agent.identity.get</c>.</summary>
internal sealed record AgentIdentityParams
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    public string? SessionKey { get; init; }
}

/// <summary>How an agent is shown to people.</summary>
internal sealed record AgentIdentity(string AgentId, string Name, string NameSource, string Avatar);

/// <summary>The agents that there are, and how they are shown.</summary>
internal sealed class AgentListMethods(ProviderCatalog providers, ConfigStore config, SessionKeys keys) : IMethodModule
{
    /// <summary>What agents are called that have no name of their own.</summary>
    private const string DefaultName = "Assistant";

    public void Map(MethodMap methods)
    {
        var json = AgentsJson.Default;
        methods.Add(MethodMap.Method("agents.list", OperatorScopes.Read, json.AgentsListParams, json.AgentsListResult, ListAsync) with
        {
            Summary = "List the agents.",
        });
        methods.Add(MethodMap.Method("agent.identity.get", OperatorScopes.Read, json.AgentIdentityParams, json.AgentIdentity, IdentityAsync) with
        {
            Summary = "The name and the sign under which an agent is shown.",
        });
    }

    private ValueTask<AgentsListResult> ListAsync(AgentsListParams parameters, CallContext context, CancellationToken ct)
    {
        var main = new AgentSummary(SessionKey.DefaultAgent, new AgentModel(providers.Default.ToString()));
        return new(new AgentsListResult(main.Id, "sole", false, config.Current.Config.Session.MainKey, "per-sender", [main]));
    }

    private ValueTask<AgentIdentity> IdentityAsync(AgentIdentityParams parameters, CallContext context, CancellationToken ct)
    {
        var agent = string.IsNullOrEmpty(parameters.SessionKey)
            ? parameters.AgentId ?? SessionKey.DefaultAgent
            : keys.Resolve(parameters.SessionKey, parameters.AgentId).AgentId;
        return agent == SessionKey.DefaultAgent
            ? new(new AgentIdentity(agent, DefaultName, "default", DefaultName[..1]))
            : throw new RpcException(RpcErrorKind.NotFound, $"unknown agent id \"{agent}\"; agents.list names those that there are");
    }
}
