using System.Security.Cryptography;
using System.Text;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>Beginning sessions, and sending messages into those that there are.</summary>
internal sealed class SessionStartMethods(SessionTable sessions, SessionKeys keys, ChatSending sending, SessionNews news, ModelLookup models) : IMethodModule
{
    private const string Create = "sessions.create";

    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(MethodMap.Method(Create, OperatorScopes.Write, json.SessionsCreateParams, json.SessionsCreateResult, CreateAsync) with
        {
            Cost = CallCost.Chat,
            Summary = "Begin a session, or take the one of this key; with a message also its first run.",
        });
        methods.Add(MethodMap.Method("sessions.send", OperatorScopes.Write, json.SessionsSendParams, json.SessionsSendResult, SendAsync) with
        {
            Cost = CallCost.Chat,
            Summary = "Send a message into a session that there is. Answers when it is on disk; the reply comes as chat events.",
        });
    }

    private async ValueTask<SessionsCreateResult> CreateAsync(SessionsCreateParams parameters, CallContext context, CancellationToken ct)
    {
        var key = KeyOf(parameters);
        var (label, model) = (parameters.Label?.Trim(), parameters.Model is { } name ? models(name, key.AgentId).FullName : null);
        SessionLabel.Check(sessions, key, label, Create);
        var thinking = Thinking.Read("thinkingLevel", parameters.ThinkingLevel, models(model ?? sessions.Find(key)?.ModelOverride, key.AgentId));
        var entry = await WriteAsync(
            key,
            entry => entry with
            {
                Label = label ?? entry.Label,
                ModelOverride = model ?? entry.ModelOverride,
                ThinkingLevel = thinking ?? entry.ThinkingLevel,
            },
            ct);
        context.AfterAnswer(() => news.Tell(key, "create"));
        var created = new SessionsCreateResult(true, key.Value, entry.SessionId, SessionStored.Of(entry));
        return await StartAsync(key, parameters, created, context);
    }

    /// <summary>Sends the first message. Where it is refused the session stays, and the same call again goes on from there.</summary>
    private async ValueTask<SessionsCreateResult> StartAsync(SessionKey key, SessionsCreateParams parameters, SessionsCreateResult created, CallContext context)
    {
        var message = parameters.Message ?? parameters.Task;
        if (message is null && parameters.Attachments is not { Count: > 0 })
        {
            return created;
        }

        var runId = parameters.IdempotencyKey ?? Guid.NewGuid().ToString();
        var first = new ChatSendParams(key.Value, message ?? "", runId) { Attachments = parameters.Attachments, TimeoutMs = parameters.TimeoutMs };
        var sent = await sending.SendAsync(first, context);
        return created with { RunStarted = sent.Status == "started", RunId = sent.RunId };
    }

    private async ValueTask<SessionsSendResult> SendAsync(SessionsSendParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.Key, parameters.AgentId);
        if (sessions.Find(key) is not { } session)
        {
            throw new RpcException(RpcErrorKind.NotFound, $"session not found: {parameters.Key}; sessions.create begins one");
        }

        var message = new ChatSendParams(key.Value, parameters.Message, parameters.IdempotencyKey ?? Guid.NewGuid().ToString())
        {
            Attachments = parameters.Attachments,
            Thinking = parameters.Thinking,
            TimeoutMs = parameters.TimeoutMs,
        };
        var sent = await sending.SendAsync(message, context);
        return new SessionsSendResult(key.Value, session.SessionId)
        {
            RunId = sent.RunId,
            Status = sent.Status,
            Ok = sent.Ok,
            Aborted = sent.Aborted,
            RunIds = sent.RunIds,
        };
    }

    /// <summary>The key that is asked for, or one of its own; asked for again under the same idempotency key, the same.</summary>
    private SessionKey KeyOf(SessionsCreateParams parameters)
    {
        if (parameters.Key is { } asked)
        {
            return keys.Resolve(asked, parameters.AgentId);
        }

        var id = parameters.IdempotencyKey is { } name ? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)) : Guid.NewGuid();
        return keys.Resolve($"dashboard:{id}", parameters.AgentId);
    }

    private async ValueTask<SessionEntry> WriteAsync(SessionKey key, Func<SessionEntry, SessionEntry> change, CancellationToken ct)
    {
        try
        {
            await sessions.GetOrCreateAsync(key, ct);
            return await sessions.UpdateAsync(key, change) ?? throw new RpcException(RpcErrorKind.Conflict, "the session was deleted meanwhile");
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the session could not be written to disk; is the disk full?");
        }
    }
}
