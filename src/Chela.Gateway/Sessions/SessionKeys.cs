using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>Reads session keys as clients write them.</summary>
internal sealed class SessionKeys(ConfigStore config, SessionTable sessions)
{
    /// <summary>The full key; <c>main</c> and the configured main key name the same session.</summary>
    /// <exception cref="RpcException">It is no key, belongs to another agent than the one named, or to one that there is not.</exception>
    public SessionKey Resolve(string text, string? agentId)
    {
        if (text is "main")
        {
            return MainOf(agentId ?? SessionKey.DefaultAgent);
        }

        if (!SessionKey.TryParse(text, out var key, out var problem))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, problem);
        }

        return agentId is null || key.AgentId.Equals(agentId, StringComparison.OrdinalIgnoreCase)
            ? OfKnownAgent(key)
            : throw new RpcException(RpcErrorKind.InvalidParams, $"session key {key} belongs to another agent than {agentId}");
    }

    /// <summary>The main session of an agent.</summary>
    public SessionKey MainOf(string agentId)
    {
        var text = $"agent:{agentId}:{config.Current.Config.Session.MainKey}";
        return SessionKey.TryParse(text, out var key, out var problem) ? OfKnownAgent(key) : throw new RpcException(RpcErrorKind.InvalidParams, problem);
    }

    /// <summary>What an agent said that is not there any more can still be read.</summary>
    private SessionKey OfKnownAgent(SessionKey key) => key.AgentId == SessionKey.DefaultAgent || sessions.Find(key) is not null
        ? key
        : throw new RpcException(RpcErrorKind.NotFound, $"unknown agent id \"{key.AgentId}\"; agents.list names those that there are");
}
