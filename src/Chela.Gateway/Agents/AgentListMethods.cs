using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
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
internal sealed record AgentSummary(string Id, AgentModel Model)
{
    public string? Name { get; init; }

    public AgentSigns? Identity { get; init; }

    public string? Workspace { get; init; }
}

/// <summary>How an agent is shown in the list.</summary>
internal sealed record AgentSigns
{
    public string? Name { get; init; }

    public string? Emoji { get; init; }

    public string? Avatar { get; init; }
}

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
internal sealed record AgentIdentity(string AgentId, string Name, string NameSource, string Avatar)
{
    public string? Emoji { get; init; }
}

/// <summary>The agents that there are, and how they are shown.</summary>
internal sealed class AgentListMethods(ProviderCatalog providers, ConfigStore config, SessionKeys keys, Workspaces workspaces) : IMethodModule
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
        var now = config.Current.Config;
        AgentSummary[] rows = [.. now.Agents.Ids.Select(now.Agents.Of).Select(RowOf)];
        return new(new AgentsListResult(now.Agents.DefaultId, now.Agents.Ownership, false, now.Session.MainKey, "per-sender", rows));
    }

    private AgentSummary RowOf(AgentInForce agent) => new(agent.Id, new AgentModel(providers.Configured(agent.Model).ToString()))
    {
        Name = agent.Name,
        Identity = agent.Identity is { } signs ? new AgentSigns { Name = agent.Name, Emoji = signs.Emoji, Avatar = signs.Avatar } : null,
        Workspace = workspaces.PathOf(agent.Id),
    };

    private ValueTask<AgentIdentity> IdentityAsync(AgentIdentityParams parameters, CallContext context, CancellationToken ct)
    {
        var agents = config.Current.Config.Agents;
        var agent = string.IsNullOrEmpty(parameters.SessionKey)
            ? parameters.AgentId ?? agents.DefaultId
            : keys.Resolve(parameters.SessionKey, parameters.AgentId).AgentId;
        if (!agents.Has(agent))
        {
            throw new RpcException(RpcErrorKind.NotFound, $"unknown agent id \"{agent}\"; agents.list names those that there are");
        }

        var (name, signs) = (agents.Of(agent).Name, agents.Of(agent).Identity);
        var shown = name ?? DefaultName;
        var avatar = signs?.Avatar ?? signs?.Emoji ?? StringInfo.GetNextTextElement(shown);
        return new(new AgentIdentity(agent, shown, name is null ? "default" : "config", avatar) { Emoji = signs?.Emoji });
    }
}
