using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Access.Nodes;

namespace Chela.Gateway.Access.Devices;

/// <summary>A device that was admitted. Replaced whole at each change.</summary>
internal sealed record PairedDevice(string DeviceId, string PublicKey, long CreatedAtMs, long ApprovedAtMs)
{
    public string? DisplayName { get; init; }

    public string? Label { get; init; }

    public string? Platform { get; init; }

    public string? DeviceFamily { get; init; }

    public string? ClientId { get; init; }

    public string? ClientMode { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The scopes that were approved; a request beyond them is a new pairing request.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public IReadOnlyList<DeviceToken> Tokens { get; init; } = [];

    public string? RemoteIp { get; init; }

    /// <summary><c>silent</c>, <c>operator</c> or <c>setup-code</c>.</summary>
    public string? ApprovedVia { get; init; }

    public long LastSeenAtMs { get; init; }

    public string? LastSeenReason { get; init; }

    /// <summary>What the device may offer as a node; null while nobody approved anything.</summary>
    public NodeSurface? Surface { get; init; }

    public long? SurfaceApprovedAtMs { get; init; }

    /// <summary>The device's valid token for a role; null when it has none.</summary>
    public DeviceToken? TokenFor(string role) => Tokens.FirstOrDefault(token => token.Role == role && token.RevokedAtMs is null);
}

/// <summary>A device's own credential for one role.</summary>
/// <param name="Value">32 random bytes, base64url.</param>
internal sealed record DeviceToken(string Role, string Value, IReadOnlyList<string> Scopes, long CreatedAtMs)
{
    public long? RotatedAtMs { get; init; }

    public long? LastUsedAtMs { get; init; }

    public long? RevokedAtMs { get; init; }

    /// <summary>The gateway's own secret that it ends with; null for one that does not.</summary>
    public string? SecretGeneration { get; init; }

    /// <summary>
    /// True when the device was admitted on the word of an identity provider. Then the token opens nothing by itself: it would outlast
    /// the user's right, and serve whoever else uses the device.
    /// </summary>
    public bool NeedsIdentity { get; init; }

    /// <summary>Never shows the token: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(DeviceToken)} {{ {nameof(Role)} = {Role} }}";
}

/// <summary>A device that asks to be admitted, or for more than it has. Also the payload of <c>device.pair.requested</c>.</summary>
internal sealed record PairingRequest(string RequestId, string DeviceId, string PublicKey, string Role, IReadOnlyList<string> Scopes, long Ts)
{
    public string? DisplayName { get; init; }

    public string? Platform { get; init; }

    public string? DeviceFamily { get; init; }

    public string? ClientId { get; init; }

    public string? ClientMode { get; init; }

    public string? BrowserOrigin { get; init; }

    public string? RemoteIp { get; init; }

    public bool Silent { get; init; }

    public bool IsRepair { get; init; }

    public IReadOnlyList<string> Roles => [Role];

    /// <summary>True when it asks on the word of an identity provider: see <see cref="DeviceToken.NeedsIdentity"/>.</summary>
    [JsonIgnore]
    public bool NeedsIdentity { get; init; }
}

/// <summary>The devices on disk, with the setup codes that are still of use or were used lately.</summary>
internal sealed record DeviceFile(IReadOnlyList<PairedDevice> Paired)
{
    public IReadOnlyList<Setup> Setups { get; init; } = [];
}

/// <summary>JSON types of the device list.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeviceFile))]
internal sealed partial class DeviceFileJson : JsonSerializerContext;
