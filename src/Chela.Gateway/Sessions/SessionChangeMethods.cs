using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>Changing single sessions.</summary>
internal sealed class SessionChangeMethods(
    SessionTable sessions, SessionRemoval removal, SessionKeys keys, SessionNews news, ModelLookup models, TimeProvider time, string directory) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(MethodMap.Method("sessions.patch", OperatorScopes.Write, json.SessionsPatchParams, json.SessionChanged, PatchAsync) with
        {
            Summary = "Give a session a name, a model, a level of thinking, or a way to queue messages of its own; pin or archive it.",
        });
        methods.Add(MethodMap.Method("sessions.reset", OperatorScopes.Admin, json.SessionsResetParams, json.SessionChanged, ResetAsync) with
        {
            Summary = "Stop what runs in a session and begin it anew, with an empty transcript.",
        });
    }

    private async ValueTask<SessionChanged> PatchAsync(SessionsPatchParams parameters, CallContext context, CancellationToken ct)
    {
        var key = Find(parameters.Key, parameters.AgentId, parameters.ExpectedSessionId);
        var label = TextOf(parameters.Label, "label")?.Trim();
        var model = TextOf(parameters.Model, "model") is { } name ? models(name, key.AgentId).FullName : null;
        var asked = parameters.Model.ValueKind == JsonValueKind.Undefined ? sessions.Find(key)?.ModelOverride : model;
        var thinking = Thinking.Read("thinkingLevel", TextOf(parameters.ThinkingLevel, "thinkingLevel"), models(asked, key.AgentId));
        var queue = QueuePatch.Of(parameters);
        SessionLabel.Check(sessions, key, label, "sessions.patch");
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var changed = await WriteAsync(async () =>
        {
            await sessions.GetOrCreateAsync(key, ct);
            return await sessions.UpdateAsync(key, entry => queue(entry) with
            {
                Label = parameters.Label.ValueKind == JsonValueKind.Undefined ? entry.Label : label,
                ModelOverride = parameters.Model.ValueKind == JsonValueKind.Undefined ? entry.ModelOverride : model,
                ThinkingLevel = parameters.ThinkingLevel.ValueKind == JsonValueKind.Undefined ? entry.ThinkingLevel : thinking,
                PinnedAtMs = Since(parameters.Pinned, entry.PinnedAtMs, nowMs),
                ArchivedAtMs = Since(parameters.Archived, entry.ArchivedAtMs, nowMs),
            });
        });
        return Tell(context, key, changed, "patch") with { Path = directory };
    }

    /// <summary>Since when a session is what is asked for; null while it is not.</summary>
    private static long? Since(bool? asked, long? before, long nowMs) => asked is null ? before : asked.Value ? before ?? nowMs : null;

    private async ValueTask<SessionChanged> ResetAsync(SessionsResetParams parameters, CallContext context, CancellationToken ct)
    {
        var key = Find(parameters.Key, parameters.AgentId, parameters.ExpectedSessionId);
        var entry = await removal.ResetAsync(key, ct);
        return Tell(context, key, entry, "reset");
    }

    private SessionKey Find(string text, string? agentId, string? expectedId)
    {
        var key = keys.Resolve(text, agentId);
        return expectedId is null || sessions.Find(key)?.SessionId == expectedId
            ? key
            : throw new RpcException(RpcErrorKind.Conflict, "the session changed since it was read; list it again");
    }

    private SessionChanged Tell(CallContext context, SessionKey key, SessionEntry entry, string reason)
    {
        context.AfterAnswer(() => news.Tell(key, reason));
        var model = models(entry.ModelOverride, key.AgentId);
        return new SessionChanged(true, key.Value, SessionStored.Of(entry), new SessionResolved(model.ModelProvider, model.Model)
        {
            ThinkingLevel = Thinking.InForce(entry.ThinkingLevel, model),
            ThinkingLevels = [.. Thinking.LevelsOf(model).Select(level => new ThinkingChoice(level, level))],
        });
    }

    private static string? TextOf(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => throw new RpcException(RpcErrorKind.InvalidParams, $"invalid sessions.patch params: at /{name}: must be string or null"),
    };

    private static async ValueTask<SessionEntry> WriteAsync(Func<Task<SessionEntry?>> write)
    {
        try
        {
            return await write() ?? throw new RpcException(RpcErrorKind.Conflict, "the session was deleted meanwhile");
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk; is the disk full?");
        }
    }
}
