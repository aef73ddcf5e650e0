using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access;

/// <summary>Parameters of <c>auth.rotate</c>.</summary>
internal sealed record AuthRotateParams
{
    [Range(0, 604_800_000), Description("How long the present token still opens the gateway, in milliseconds, at most seven days, without it one hour; 0 ends it, and those before it, at once.")]
    public int? OverlapMs { get; init; }

    [MaxLength(1_024), Description("The new token; without it the gateway makes one.")]
    public string? Token { get; init; }

    /// <summary>Never shows the token: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(AuthRotateParams)} {{ {nameof(OverlapMs)} = {OverlapMs} }}";
}

/// <summary>The new token.</summary>
/// <param name="Token">To be given to clients; also in the token file.</param>
/// <param name="RotatedAtMs">Since when it opens, Unix milliseconds.</param>
/// <param name="FormerEndsAtMs">When the token before it ends, and connections that came in with it are closed.</param>
internal sealed record AuthRotateResult(string Token, long RotatedAtMs, long FormerEndsAtMs)
{
    /// <summary>Never shows the token: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(AuthRotateResult)} {{ {nameof(FormerEndsAtMs)} = {FormerEndsAtMs} }}";
}

/// <summary>Replaces the gateway's own token without locking anybody out.</summary>
internal sealed class RotationMethods(TokenRotation rotation, SharedSecrets secrets, TimeProvider time) : IMethodModule
{
    private static readonly TimeSpan UsualOverlap = TimeSpan.FromHours(1);

    public void Map(MethodMap methods) => methods.Add(
        MethodMap.Method("auth.rotate", OperatorScopes.Admin, RotationJson.Default.AuthRotateParams, RotationJson.Default.AuthRotateResult, RotateAsync) with
        {
            Summary = "Make a new token. The old one opens for a while yet; then connections that came in with it are closed.",
        });

    private async ValueTask<AuthRotateResult> RotateAsync(AuthRotateParams parameters, CallContext context, CancellationToken ct)
    {
        if (rotation.OwnerRefusal() is { } refusal)
        {
            throw new RpcException(RpcErrorKind.Conflict, refusal);
        }

        var token = parameters.Token ?? TokenFile.Make();
        var fault = SecretRule.Refusal(token) ?? (token.Any(c => !char.IsAscii(c)) ? "must be of ASCII characters" : null)
            ?? (rotation.IsPresent(token) ? "is the present token" : null);
        if (fault is not null)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"invalid auth.rotate params: at /token: {fault}");
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var overlap = parameters.OverlapMs is { } given ? TimeSpan.FromMilliseconds(given) : UsualOverlap;
        var endsAtMs = await RotateAsync(token, overlap, ct);
        secrets.EndDue(context);
        return new AuthRotateResult(token, nowMs, endsAtMs);
    }

    private async Task<long> RotateAsync(string token, TimeSpan overlap, CancellationToken ct)
    {
        try
        {
            return await rotation.RotateAsync(token, overlap, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the new token could not be written; the present one stays in force");
        }
    }
}

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuthRotateParams))]
[JsonSerializable(typeof(AuthRotateResult))]
internal sealed partial class RotationJson : JsonSerializerContext;
