using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Access.Devices;

/// <summary>Parameters of <c>device.pair.setupCode</c>.</summary>
internal sealed record SetupCodeParams
{
    [MinLength(1), Description("The address that the device is to use (ws, wss, http or https); else the gateway's own.")]
    public string? PublicUrl { get; init; }

    [Description("Accepted and of no effect: this gateway knows no remote address but publicUrl.")]
    public bool? PreferRemoteUrl { get; init; }

    [Description("Accepted and of no effect: clients draw the picture of the code.")]
    public bool? IncludeQr { get; init; }

    [AllowedValues("full", "limited", "node", "voice-node", "control-ui-owner"), Description("What the device gets; full when absent.")]
    public string? BootstrapProfile { get; init; }

    [AllowedValues(true), Description("Accepted and of no effect: there is no page to join by.")]
    public bool? JoinUrl { get; init; }
}

/// <summary>Result of <c>device.pair.setupCode</c>. The code is told this once.</summary>
/// <param name="Auth"><c>token</c> or <c>password</c>: the kind of the gateway's own secret, which is not part of it.</param>
/// <param name="UrlSource">Where the address comes from.</param>
internal sealed record SetupCodeResult(string SetupId, string SetupCode, string GatewayUrl, string Auth, string UrlSource, string Access, long ExpiresAtMs)
{
    public IReadOnlyList<string>? GatewayUrls { get; init; }

    [Description("True when full access was reduced to limited, because the address is not encrypted.")]
    public bool? AccessDowngraded { get; init; }
}

/// <summary>Names a setup code.</summary>
internal sealed record SetupStatusParams([property: StringLength(128, MinimumLength = 1)] string SetupId);

/// <summary>What became of a setup code; empty while nobody used it, and once it is forgotten.</summary>
internal sealed record SetupStatusResult
{
    public SetupCompletion? Completion { get; init; }
}

/// <summary>Who used a setup code. Also the payload of <c>device.pair.setup.completed</c>.</summary>
internal sealed record SetupCompletion(string SetupId, string DeviceId, string Access, long Ts)
{
    public string? DeviceName { get; init; }

    /// <summary>Null while nobody used the code.</summary>
    public static SetupCompletion? Of(Setup setup) => setup.Use is { } use
        ? new SetupCompletion(setup.SetupId, use.DeviceId, SetupProfile.Find(setup.Profile)?.Access ?? "limited", use.AtMs) { DeviceName = use.DeviceName }
        : null;
}

/// <summary>What stands in a setup code, before it is made base64url (02-handshake § 7.5).</summary>
internal sealed record SetupPayload(string Url, string BootstrapToken, long ExpiresAtMs)
{
    public IReadOnlyList<string>? Urls { get; init; }

    public string? TlsFingerprint { get; init; }
}

/// <summary>JSON types of the setup codes.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SetupCodeParams))]
[JsonSerializable(typeof(SetupCodeResult))]
[JsonSerializable(typeof(SetupStatusParams))]
[JsonSerializable(typeof(SetupStatusResult))]
[JsonSerializable(typeof(SetupPayload))]
internal sealed partial class SetupsJson : JsonSerializerContext;
