using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>The model that a name means; without a name the one of the agent's sessions that have none of their own.</summary>
/// <exception cref="RpcException">There is no such model.</exception>
internal delegate SessionDefaults ModelLookup(string? name, string agentId);

/// <summary>Says which session and which model a call to <c>agent</c> means, and refuses what cannot be had.</summary>
internal sealed class AgentTarget(SessionKeys keys, SessionTable sessions, ModelLookup models)
{
    public SessionKey Of(AgentParams parameters)
    {
        if (string.IsNullOrWhiteSpace(parameters.Message))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "message required");
        }

        var session = Resolve(parameters);
        if (parameters.ExpectedExistingSessionId is { } expected && sessions.Find(session)?.SessionId != expected)
        {
            throw new RpcException(RpcErrorKind.Conflict, "the session was reset: its sessionId is another one now");
        }

        return session;
    }

    /// <exception cref="RpcException">A wish cannot be granted, or not to this caller.</exception>
    public TurnWishes Wishes(SessionKey session, AgentParams parameters, Caller caller)
    {
        var thinking = Thinking.Read("thinking", parameters.Thinking, models(parameters.Model ?? sessions.Find(session)?.ModelOverride, session.AgentId));
        if (parameters.Deliver == true)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "deliver: there is no channel to deliver the reply to; leave it out, and the reply is the answer");
        }

        if (parameters.Model is not null && !caller.Holds(OperatorScopes.Admin))
        {
            throw new RpcException(ScopeCheck.Missing(OperatorScopes.Admin));
        }

        return new TurnWishes
        {
            Limit = parameters.Timeout is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
            Model = parameters.Model is { } model ? models(model, session.AgentId).FullName : null,
            Instructions = parameters.ExtraSystemPrompt,
            Thinking = thinking,
        };
    }

    private SessionKey Resolve(AgentParams parameters)
    {
        if (parameters.SessionId is { } id)
        {
            if (sessions.FindById(id) is not { } found)
            {
                // OpenClaw's command line lets people name a conversation that way: `openclaw agent --session-id nightly`.
                return parameters.SessionKey is null
                    ? keys.Resolve($"agent:{parameters.AgentId ?? keys.DefaultAgent}:explicit:{id}", parameters.AgentId)
                    : throw new RpcException(RpcErrorKind.NotFound, $"no session has the sessionId {id}");
            }

            return keys.Resolve(parameters.SessionKey ?? found.Key, parameters.AgentId) is var key && key == found.SessionKey
                ? key
                : throw new RpcException(RpcErrorKind.InvalidParams, $"the sessionId {id} belongs to another session than {parameters.SessionKey}");
        }

        return parameters.SessionKey is { } text
            ? keys.Resolve(text, parameters.AgentId)
            : keys.MainOf(parameters.AgentId);
    }
}
