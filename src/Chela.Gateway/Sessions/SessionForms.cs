using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The messages of the Session dialect. A connection attaches to a session with Connect and hears it from then on; the session
/// stays when the connection goes, and the next Connect with its id finds it as it was.
/// </summary>
internal sealed class SessionForms(GatewayToken token, ChatIntake intake, SessionKeys keys, SessionTable sessions, Lanes lanes, TimeProvider time)
    : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionFormsJson.Default;
        Add(MethodMap.Method("Connect", OperatorScopes.None, json.ConnectMessage, json.ConnectedMessage, ConnectAsync) with
        {
            Summary = "Log in and attach to a session; without an id to a new one.",
            IsPublic = true,
        });
        Add(MethodMap.SilentMethod("Chat", OperatorScopes.Write, json.ChatContent, ChatAsync) with
        {
            Summary = "Send a message. The reply comes as AgentToken messages and ends with AgentComplete.",
        });
        Add(MethodMap.Method("Command", OperatorScopes.Write, json.CommandContent, json.ConnectedMessage, CommandAsync) with
        {
            Summary = "A command for the gateway: new attaches to a new session, stop stops what runs in args.session_id.",
        });
        Add(MethodMap.Method("Ping", OperatorScopes.None, json.PingContent, json.PongMessage, Ping) with
        {
            Summary = "Answered by Pong with the same timestamp, or with the gateway's.",
            IsPublic = true,
        });

        void Add(RpcMethod method) => methods.AddForm(Dialect.Session, method);
    }

    private async ValueTask<ConnectedMessage> ConnectAsync(ConnectMessage message, CallContext context, CancellationToken ct)
    {
        if (!context.Caller.IsAuthenticated)
        {
            LogIn(message.Auth, context);
        }

        return await AttachAsync(message.SessionId, context, ct);
    }

    private void LogIn(string? shown, CallContext context)
    {
        if (shown is not null && token.Matches(shown))
        {
            context.Connection.LogIn(new Caller(context.Caller.ConnectionId, CallerRole.Operator, OperatorScopes.Admin, "session"));
            return;
        }

        const string Refusal = "unauthorized: auth must be the gateway's token";
        context.AfterAnswer(() => context.Connection.Close(1008, Refusal));
        throw new RpcException(RpcErrorKind.Unauthenticated, Refusal);
    }

    private async ValueTask<ConnectedMessage> AttachAsync(string? sessionId, CallContext context, CancellationToken ct)
    {
        var key = sessionId is null ? SessionKey.Of(SessionKey.DefaultAgent, $"session:{Guid.NewGuid()}") : keys.Resolve(sessionId, null);
        await sessions.GetOrCreateAsync(key, ct);
        context.Connection.Follow(key);
        return new ConnectedMessage(new SessionContent(key.Value));
    }

    private async ValueTask ChatAsync(ChatContent message, CallContext context, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(message.Content))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "invalid Chat: at /content: must not be blank");
        }

        var key = keys.Resolve(message.SessionId, null);
        var (_, turn) = await intake.AcceptAsync(key, Guid.NewGuid().ToString(), message.Content, context.Caller.ClientId);
        context.Connection.Follow(key);
        context.AfterAnswer(() => lanes.Enqueue(turn!));
    }

    private async ValueTask<ConnectedMessage> CommandAsync(CommandContent command, CallContext context, CancellationToken ct)
    {
        switch (command.Name.TrimStart('/'))
        {
            case "new":
                return await AttachAsync(null, context, ct);
            case "stop":
                var key = keys.Resolve(SessionIdIn(command.Args), null);
                lanes.Abort(key, runId: null);
                return new ConnectedMessage(new SessionContent(key.Value));
            default:
                throw new RpcException(RpcErrorKind.UnknownMethod, $"unknown command: {command.Name} (there are new and stop)");
        }
    }

    private static string SessionIdIn(JsonElement? args) =>
        args is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty("session_id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()!
            : throw new RpcException(RpcErrorKind.InvalidParams, "invalid Command: at /args: must have required property 'session_id'");

    private ValueTask<PongMessage> Ping(PingContent ping, CallContext context, CancellationToken ct) =>
        new(new PongMessage(new PongContent(ping.Timestamp ?? time.GetUtcNow().ToUnixTimeMilliseconds())));
}

/// <summary>Who connects, and to what.</summary>
internal sealed record ConnectMessage
{
    public string? SessionId { get; init; }

    public string? Auth { get; init; }
}

/// <summary>A message for the agent.</summary>
internal sealed record ChatContent(string Content, string SessionId);

/// <summary>A command for the gateway.</summary>
internal sealed record CommandContent(string Name)
{
    public JsonElement? Args { get; init; }
}

/// <summary>A sign of life with the sender's clock.</summary>
internal sealed record PingContent
{
    public long? Timestamp { get; init; }
}

/// <summary>The connection hears this session from now on.</summary>
internal sealed record ConnectedMessage([property: JsonPropertyName("Connected")] SessionContent Connected);

/// <summary>Names a session.</summary>
internal sealed record SessionContent(string SessionId);

/// <summary>The answer to a Ping.</summary>
internal sealed record PongMessage([property: JsonPropertyName("Pong")] PongContent Pong);

/// <summary>The timestamp that came.</summary>
internal sealed record PongContent(long Timestamp);

/// <summary>JSON types of the Session dialect's messages: strict, in snake case.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConnectMessage))]
[JsonSerializable(typeof(ChatContent))]
[JsonSerializable(typeof(CommandContent))]
[JsonSerializable(typeof(PingContent))]
[JsonSerializable(typeof(ConnectedMessage))]
[JsonSerializable(typeof(PongMessage))]
internal sealed partial class SessionFormsJson : JsonSerializerContext;
