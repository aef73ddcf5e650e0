using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The messages of the Session dialect. A connection attaches to a session with Connect and hears it from then on; the session
/// stays when the connection goes, and the next Connect with its id finds it as it was.
/// </summary>
internal sealed class SessionForms(ChatIntake intake, SessionKeys keys, CommandTable commands, RunStops stops, AttachmentStore attachments, TimeProvider time)
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
            Cost = CallCost.Chat,
            Summary = "Send a message. The reply comes as AgentToken messages and ends with AgentComplete.",
        });
        Add(MethodMap.Method("Command", OperatorScopes.Write, json.CommandContent, json.ConnectedMessage, CommandAsync) with
        {
            Summary = "A command for the gateway: new attaches to a new session; stop stops what runs in args.session_id, detach hears it no more, and "
                + "those of commands.list are given in it, with what follows the name as args.text.",
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
            await LogInAsync(message.Auth, context, ct);
        }

        return Attach(message.SessionId, context);
    }

    private static async Task LogInAsync(string? shown, CallContext context, CancellationToken ct)
    {
        try
        {
            await context.Connection.LogInAsync(shown, "session", ct);
        }
        catch (RpcException refused)
        {
            context.AfterAnswer(() => context.Connection.Close(1008, refused.Message));
            throw;
        }
    }

    /// <summary>Writes nothing: the session begins with its first message.</summary>
    private ConnectedMessage Attach(string? sessionId, CallContext context)
    {
        var key = sessionId is null ? SessionKey.Of(keys.DefaultAgent, $"session:{Guid.NewGuid()}") : keys.Resolve(sessionId, null);
        context.Connection.Follow(key);
        return new ConnectedMessage(new SessionContent(key.Value));
    }

    private async ValueTask ChatAsync(ChatContent message, CallContext context, CancellationToken ct)
    {
        var files = attachments.Read(message.Attachments);
        if (files is null && string.IsNullOrWhiteSpace(message.Content))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "invalid Chat: at /content: must not be blank");
        }

        var key = keys.Resolve(message.SessionId, null);
        await SayAsync(key, message.Content, context, files);
    }

    private async ValueTask<ConnectedMessage> CommandAsync(CommandContent command, CallContext context, CancellationToken ct)
    {
        var name = command.Name.TrimStart('/');
        if (name == "new")
        {
            return Attach(null, context);
        }

        if (name is not ("stop" or "detach") && commands.Find($"/{name}") is null)
        {
            var known = string.Join(", ", commands.All.Select(one => one.Name).Except(["new", "stop"]));
            throw new RpcException(RpcErrorKind.UnknownMethod, $"unknown command: {command.Name} (there are new, stop, detach, {known})");
        }

        var key = keys.Resolve(TextIn(command.Args, "session_id"), null);
        switch (name)
        {
            case "stop":
                await stops.StopAsync(key, runId: null, ct);
                break;
            case "detach":
                context.Connection.Unfollow(key);
                break;
            default:
                await SayAsync(key, $"/{name} {TextIn(command.Args, "text", isRequired: false)}", context);
                break;
        }

        return new ConnectedMessage(new SessionContent(key.Value));
    }

    private async ValueTask SayAsync(SessionKey key, string text, CallContext context, Uploads? files = null)
    {
        var taken = await intake.AcceptAsync(key, Guid.NewGuid().ToString(), text, context.Caller.ClientId, new Commander(context.Caller), files: files);
        context.Connection.Follow(key);
        context.AfterAnswer(taken.Begin!);
    }

    private static string TextIn(JsonElement? args, string name, bool isRequired = true) =>
        args is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : !isRequired ? ""
            : throw new RpcException(RpcErrorKind.InvalidParams, $"invalid Command: at /args: must have required property '{name}'");

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
internal sealed record ChatContent(string Content, string SessionId)
{
    [Description("Files."), MaxLength(AttachmentParams.Most)]
    public IReadOnlyList<AttachmentParams>? Attachments { get; init; }
}

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
