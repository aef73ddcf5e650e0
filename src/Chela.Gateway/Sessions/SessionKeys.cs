using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>Reads session keys as clients write them.</summary>
internal sealed class SessionKeys(ConfigStore config, SessionTable sessions)
{
    /// <summary>The agent of whoever names none.</summary>
    public string DefaultAgent => config.Current.Config.Agents.DefaultId;

    /// <summary>The full key; a short one is the named agent's, or the default agent's. <c>main</c> and the configured main key name the same session.</summary>
    /// <exception cref="RpcException">It is no key, belongs to another agent than the one named, or to one that there is not.</exception>
    public SessionKey Resolve(string text, string? agentId)
    {
        if (text is "main")
        {
            return MainOf(agentId);
        }

        if (!SessionKey.TryParse(text, out var key, out var problem, agentId ?? DefaultAgent))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, problem);
        }

        return agentId is null || key.AgentId.Equals(agentId, StringComparison.OrdinalIgnoreCase)
            ? OfKnownAgent(key)
            : throw new RpcException(RpcErrorKind.InvalidParams, $"session key {key} belongs to another agent than {agentId}");
    }

    /// <summary>The main session of an agent; null for the default agent.</summary>
    public SessionKey MainOf(string? agentId)
    {
        var text = $"agent:{agentId ?? DefaultAgent}:{config.Current.Config.Session.MainKey}";
        return SessionKey.TryParse(text, out var key, out var problem) ? OfKnownAgent(key) : throw new RpcException(RpcErrorKind.InvalidParams, problem);
    }

    /// <summary>What an agent said that is not there any more can still be read.</summary>
    private SessionKey OfKnownAgent(SessionKey key) => config.Current.Config.Agents.Has(key.AgentId) || sessions.Find(key) is not null
        ? key
        : throw new RpcException(RpcErrorKind.NotFound, $"unknown agent id \"{key.AgentId}\"; agents.list names those that there are");
}
