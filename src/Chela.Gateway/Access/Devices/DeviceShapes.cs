using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Access.Devices;

/// <summary>Parameters of <c>device.pair.list</c>.</summary>
internal sealed record PairListParams;

/// <summary>Result of <c>device.pair.list</c>: what waits, and who was admitted.</summary>
internal sealed record PairListResult(IReadOnlyList<PairingRequest> Pending, IReadOnlyList<DeviceRow> Paired);

/// <summary>A device without its secrets.</summary>
internal sealed record DeviceRow(
    string DeviceId, string PublicKey, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes, IReadOnlyList<TokenRow> Tokens, long CreatedAtMs, long ApprovedAtMs)
{
    /// <summary>The first of the roles, for clients that know one only.</summary>
    public string? Role => Roles.Count > 0 ? Roles[0] : null;

    public IReadOnlyList<string> ApprovedScopes => Scopes;

    public string? DisplayName { get; init; }

    public string? Label { get; init; }

    public string? Platform { get; init; }

    public string? DeviceFamily { get; init; }

    public string? ClientId { get; init; }

    public string? ClientMode { get; init; }

    public string? RemoteIp { get; init; }

    public string? ApprovedVia { get; init; }

    public long? LastSeenAtMs { get; init; }

    public string? LastSeenReason { get; init; }

    public bool Connected { get; init; }

    public static DeviceRow Of(PairedDevice device, bool isConnected) => new(
        device.DeviceId,
        device.PublicKey,
        device.Roles,
        device.Scopes,
        [.. device.Tokens.Select(token => new TokenRow(token.Role, token.Scopes, token.CreatedAtMs)
        {
            RotatedAtMs = token.RotatedAtMs,
            LastUsedAtMs = token.LastUsedAtMs,
            RevokedAtMs = token.RevokedAtMs,
        })],
        device.CreatedAtMs,
        device.ApprovedAtMs)
    {
        DisplayName = device.DisplayName,
        Label = device.Label,
        Platform = device.Platform,
        DeviceFamily = device.DeviceFamily,
        ClientId = device.ClientId,
        ClientMode = device.ClientMode,
        RemoteIp = device.RemoteIp,
        ApprovedVia = device.ApprovedVia,
        LastSeenAtMs = device.LastSeenAtMs == 0 ? null : device.LastSeenAtMs,
        LastSeenReason = device.LastSeenReason,
        Connected = isConnected,
    };
}

/// <summary>A token without its value.</summary>
internal sealed record TokenRow(string Role, IReadOnlyList<string> Scopes, long CreatedAtMs)
{
    public long? RotatedAtMs { get; init; }

    public long? LastUsedAtMs { get; init; }

    public long? RevokedAtMs { get; init; }
}

/// <summary>Names a pairing request.</summary>
internal sealed record PairRequestParams([property: MinLength(1)] string RequestId);

/// <summary>The device that was admitted.</summary>
internal sealed record PairApproveResult(string RequestId, DeviceRow Device);

/// <summary>The device that was not.</summary>
internal sealed record PairRejectResult(string RequestId, string DeviceId);

/// <summary>Names a device.</summary>
internal sealed record DeviceParams([property: MinLength(1)] string DeviceId);

/// <summary>The device that was removed.</summary>
internal sealed record DeviceResult(string DeviceId);

/// <summary>A device and the label that an operator gives it.</summary>
internal sealed record DeviceRenameParams([property: MinLength(1)] string DeviceId, [property: StringLength(64, MinimumLength = 1)] string Label);

/// <summary>The label given.</summary>
internal sealed record DeviceRenameResult(string DeviceId, string Label);

/// <summary>Names a token: a device's, for one role.</summary>
internal sealed record TokenParams([property: MinLength(1)] string DeviceId, [property: MinLength(1)] string Role);

/// <summary>A token to replace.</summary>
internal sealed record TokenRotateParams([property: MinLength(1)] string DeviceId, [property: MinLength(1)] string Role)
{
    [Description("Fewer scopes than the token has; never more.")]
    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>The new token, whose value is told only to the device itself.</summary>
/// <param name="TokenDelivery"><c>in-band</c>, or <c>withheld-cross-device</c>.</param>
internal sealed record TokenRotateResult(string DeviceId, string Role, IReadOnlyList<string> Scopes, long RotatedAtMs, string TokenDelivery)
{
    public string? Token { get; init; }
}

/// <summary>The token is of no use any more.</summary>
internal sealed record TokenRevokeResult(string DeviceId, string Role, long RevokedAtMs);

/// <summary>JSON types of the device methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PairingRequest))]
[JsonSerializable(typeof(PairListParams))]
[JsonSerializable(typeof(PairListResult))]
[JsonSerializable(typeof(PairRequestParams))]
[JsonSerializable(typeof(PairApproveResult))]
[JsonSerializable(typeof(PairRejectResult))]
[JsonSerializable(typeof(DeviceParams))]
[JsonSerializable(typeof(DeviceResult))]
[JsonSerializable(typeof(DeviceRenameParams))]
[JsonSerializable(typeof(DeviceRenameResult))]
[JsonSerializable(typeof(TokenParams))]
[JsonSerializable(typeof(TokenRotateParams))]
[JsonSerializable(typeof(TokenRotateResult))]
[JsonSerializable(typeof(TokenRevokeResult))]
internal sealed partial class DevicesJson : JsonSerializerContext;
