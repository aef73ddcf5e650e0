using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Wire.OpenClaw;

/// <summary>What a client says of itself in <c>connect</c> (02-handshake § 2). Closed: an unknown field is refused.</summary>
internal sealed record ConnectParams(
    [property: Range(1, int.MaxValue)] int MinProtocol,
    [property: Range(1, int.MaxValue)] int MaxProtocol,
    ConnectClient Client)
{
    public static readonly JsonShape Shape = new(OpenClawJson.Default.ConnectParams);

    public IReadOnlyList<string>? Caps { get; init; }

    public IReadOnlyList<string>? Commands { get; init; }

    public JsonElement? ComputerUse { get; init; }

    public JsonElement? WorkerRuns { get; init; }

    public IReadOnlyDictionary<string, bool>? Permissions { get; init; }

    public string? PathEnv { get; init; }

    [MinLength(1)]
    public string? Role { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public JsonElement? ModelCatalog { get; init; }

    public ConnectDevice? Device { get; init; }

    public ConnectAuth? Auth { get; init; }

    public string? Locale { get; init; }

    public string? UserAgent { get; init; }
}

/// <summary>The program that connects. Identifiers and modes are closed lists of the protocol.</summary>
internal sealed record ConnectClient(
    [property: AllowedValues(
        "webchat-ui", "openclaw-control-ui", "openclaw-browser-copilot", "openclaw-tui", "webchat", "cli", "gateway-client",
        "openclaw-macos", "openclaw-linux", "openclaw-ios", "openclaw-watchos", "openclaw-android", "node-host", "openclaw-worker",
        "test", "fingerprint", "openclaw-probe")]
    string Id,
    [property: MinLength(1)] string Version,
    [property: MinLength(1)] string Platform,
    [property: AllowedValues("webchat", "cli", "ui", "backend", "node", "worker", "probe", "test")] string Mode)
{
    [MinLength(1)]
    public string? DisplayName { get; init; }

    [StringLength(96, MinimumLength = 1)]
    public string? BuildId { get; init; }

    [MinLength(1)]
    public string? DeviceFamily { get; init; }

    [MinLength(1)]
    public string? ModelIdentifier { get; init; }

    [StringLength(64, MinimumLength = 1)]
    public string? TimeZone { get; init; }

    [MinLength(1)]
    public string? InstanceId { get; init; }
}

/// <summary>The device's proof of identity.</summary>
internal sealed record ConnectDevice(string Id, string PublicKey, string Signature, long SignedAt)
{
    public string? Nonce { get; init; }
}

/// <summary>The credentials that a client shows.</summary>
internal sealed record ConnectAuth
{
    public string? Token { get; init; }

    public string? BootstrapToken { get; init; }

    public string? DeviceToken { get; init; }

    public string? Password { get; init; }

    public string? ApprovalRuntimeToken { get; init; }

    public string? AgentRuntimeIdentityToken { get; init; }
}
