using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Parameters of <c>auth.login</c>.</summary>
internal sealed record LoginParams(
    [property: Description("The gateway's token or password, or the token of an identity provider: what its mode wants."), MinLength(1), MaxLength(16_384)]
    string Token);

/// <summary>Result of <c>auth.login</c>.</summary>
internal sealed record LoginResult(bool Ok, string Role, IReadOnlyList<string> Scopes);

/// <summary>The login of dialects that have no handshake of their own.</summary>
internal sealed class AuthMethods : IMethodModule
{
    /// <summary>The name of clients that give none; the sender of their messages.</summary>
    public const string ClientId = "rpc";

    public void Map(MethodMap methods)
    {
        var json = ConnectionsJson.Default;
        methods.Add(MethodMap.Method("auth.login", OperatorScopes.None, json.LoginParams, json.LoginResult, LoginAsync) with
        {
            Summary = "Show the gateway's secret on this connection. A wrong one closes it.",
            IsPublic = true,
        });
        methods.AddForm(Dialect.OpenClaw, SecondConnect());
    }

    /// <summary>OpenClaw's login is its first request; afterwards the name is known only to say so.</summary>
    private static RpcMethod SecondConnect()
    {
        var json = OpenClawJson.Default;
        return MethodMap.Method<ConnectParams, HelloOk>("connect", OperatorScopes.None, json.ConnectParams, json.HelloOk, (_, _, _) =>
            throw new RpcException(RpcErrorKind.InvalidRequest, "connect is only valid as the first request")) with
        {
            Summary = "The login of the OpenClaw dialect: only as the first request of a connection.",
            IsPublic = true,
        };
    }

    private static async ValueTask<LoginResult> LoginAsync(LoginParams parameters, CallContext context, CancellationToken ct)
    {
        try
        {
            var caller = await context.Connection.LogInAsync(parameters.Token, ClientId, ct);
            return new LoginResult(true, caller.Role == CallerRole.Node ? "node" : "operator", ScopeNames.Of(caller.Granted));
        }
        catch (RpcException refused)
        {
            context.AfterAnswer(() => context.Connection.Close(1008, refused.Message));
            throw;
        }
    }
}

/// <summary>JSON types of this slice's methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoginParams))]
[JsonSerializable(typeof(LoginResult))]
[JsonSerializable(typeof(ResumeParams))]
[JsonSerializable(typeof(ResumeResult))]
internal sealed partial class ConnectionsJson : JsonSerializerContext;
