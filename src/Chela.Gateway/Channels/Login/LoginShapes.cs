using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels.Login;

/// <summary>Parameters of <c>web.login.start</c> and <c>web.login.wait</c>. What only other gateways know is taken and not looked at.</summary>
internal sealed record WebLoginParams
{
    [Description("The channel; without it the only one that people log in to."), MinLength(1)]
    public string? Channel { get; init; }

    [Description("The account; default without it."), MinLength(1)]
    public string? AccountId { get; init; }

    [Description("How long to wait, in milliseconds; 30000 without it, and never more than 120000."), Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }

    [Description("Whether an account that is logged in is logged out first.")]
    public bool? Force { get; init; }

    [Description("Whether more is told.")]
    public bool? Verbose { get; init; }

    [Description("The session that asks."), MinLength(1)]
    public string? SessionKey { get; init; }

    [Description("The picture that is shown already."), MaxLength(16_384)]
    public string? CurrentQrDataUrl { get; init; }
}

/// <summary>Result of <c>web.login.start</c> and <c>web.login.wait</c>.</summary>
/// <param name="Connected">Whether the account is logged in.</param>
/// <param name="Message">What to do now, in a sentence.</param>
internal sealed record WebLoginResult(bool Connected, string Message)
{
    /// <summary>The code to scan, as a picture: <c>data:image/png;base64,…</c>.</summary>
    public string? QrDataUrl { get; init; }

    /// <summary>What the code says, for whoever draws it.</summary>
    public string? Code { get; init; }
}

/// <summary>Parameters of <c>channels.logout</c>.</summary>
internal sealed record LogoutParams
{
    [Description("The channel."), MinLength(1)]
    public required string Channel { get; init; }

    [Description("The account; default without it."), MinLength(1)]
    public string? AccountId { get; init; }
}

/// <summary>Result of <c>channels.logout</c>.</summary>
/// <param name="Cleared">Whether what the account needs for its login was forgotten.</param>
internal sealed record LogoutResult(string Channel, string AccountId, bool Cleared, bool LoggedOut);

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebLoginParams))]
[JsonSerializable(typeof(WebLoginResult))]
[JsonSerializable(typeof(LogoutParams))]
[JsonSerializable(typeof(LogoutResult))]
internal sealed partial class LoginJson : JsonSerializerContext;
