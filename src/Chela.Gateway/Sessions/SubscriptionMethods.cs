using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>Result of <c>sessions.subscribe</c> and <c>sessions.unsubscribe</c>.</summary>
internal sealed record SubscribeResult(bool Subscribed)
{
    /// <summary>The list as it is now, when the call asked for it by any parameter of <c>sessions.list</c>.</summary>
    public SessionsListResult? List { get; init; }
}

/// <summary>Parameters of <c>sessions.unsubscribe</c>: none.</summary>
internal sealed record UnsubscribeParams;

/// <summary>Which session.</summary>
internal sealed record MessagesSubscribeParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Accepted: there is nothing to approve yet.")]
    public bool? IncludeApprovals { get; init; }
}

/// <summary>Result of the methods for the messages of one session.</summary>
/// <param name="Key">The full key.</param>
internal sealed record MessagesSubscribeResult(bool Subscribed, string Key);

/// <summary>Hearing of sessions: of their list, and of what is said in one.</summary>
internal sealed class SubscriptionMethods(SessionList list, SessionKeys keys, ModelLookup models, string directory) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(MethodMap.Method("sessions.subscribe", OperatorScopes.Read, json.SessionsListParams, json.SubscribeResult, Subscribe) with
        {
            Summary = "From now on hear sessions.changed; with parameters of sessions.list also the list as it is.",
        });
        methods.Add(MethodMap.Method("sessions.unsubscribe", OperatorScopes.Read, json.UnsubscribeParams, json.SubscribeResult, Unsubscribe) with
        {
            Summary = "Hear sessions.changed no more.",
        });
        methods.Add(
            MethodMap.Method("sessions.messages.subscribe", OperatorScopes.Read, json.MessagesSubscribeParams, json.MessagesSubscribeResult, Follow) with
            {
                Summary = "From now on hear what is said in a session, and its runs.",
            },
            "session.attach");
        methods.Add(
            MethodMap.Method("sessions.messages.unsubscribe", OperatorScopes.Read, json.MessagesSubscribeParams, json.MessagesSubscribeResult, Unfollow) with
            {
                Summary = "Hear of a session no more.",
            },
            "session.detach");
    }

    private ValueTask<SubscribeResult> Subscribe(SessionsListParams parameters, CallContext context, CancellationToken ct)
    {
        CheckSocket(context);
        context.Connection.Subscribe(SessionsChangedEvent.ListTopic);
        return new(new SubscribeResult(true)
        {
            List = parameters.IsPlain ? null : list.Page(parameters, models(null, keys.DefaultAgent), directory),
        });
    }

    private static ValueTask<SubscribeResult> Unsubscribe(UnsubscribeParams parameters, CallContext context, CancellationToken ct)
    {
        context.Connection.Unsubscribe(SessionsChangedEvent.ListTopic);
        return new(new SubscribeResult(false));
    }

    private ValueTask<MessagesSubscribeResult> Follow(MessagesSubscribeParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.Key, parameters.AgentId);
        CheckSocket(context);
        if (!context.Connection.Follow(key))
        {
            throw new RpcException(RpcErrorKind.TooMany, "this connection follows too many sessions; leave some with sessions.messages.unsubscribe");
        }

        context.Connection.Subscribe(SessionMessageEvent.TopicOf(key));
        return new(new MessagesSubscribeResult(true, key.Value));
    }

    private ValueTask<MessagesSubscribeResult> Unfollow(MessagesSubscribeParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.Key, parameters.AgentId);
        context.Connection.Unsubscribe(SessionMessageEvent.TopicOf(key));
        context.Connection.Unfollow(key);
        return new(new MessagesSubscribeResult(false, key.Value));
    }

    private static void CheckSocket(CallContext context)
    {
        if (context.Connection is NoConnection)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "events come over a WebSocket only");
        }
    }
}
