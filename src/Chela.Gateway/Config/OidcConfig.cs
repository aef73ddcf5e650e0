using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Whose tokens are believed, and what they open.</summary>
internal sealed record OidcConfig
{
    [Description("The identity provider, as its tokens name it; its discovery document is below /.well-known/openid-configuration.")]
    public string? Issuer { get; init; }

    [MaxLength(20), Description("What a token must be made for; one of these suffices.")]
    public IReadOnlyList<string> Audiences { get; init; } = [];

    [MinLength(1), MaxLength(128), Description("The claim that names the user.")]
    public string UserClaim { get; init; } = "sub";

    [MinLength(1), MaxLength(128), Description("The claim that holds the user's roles: a list, or texts separated by spaces. A dot leads into an object.")]
    public string RolesClaim { get; init; } = "roles";

    [MaxLength(1_000)]
    [AllowedValues(
        "operator.admin", "operator.read", "operator.write", "operator.sessions.read", "operator.sessions.write", "operator.approvals",
        "operator.questions", "operator.pairing", "operator.talk", "operator.talk.secrets")]
    [Description("The scopes of each role. A user with none of these roles is not let in.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Roles { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    [MinLength(1), MaxLength(9), AllowedValues("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")]
    [Description("The signatures that are accepted.")]
    public IReadOnlyList<string> Algorithms { get; init; } = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"];

    [Range(0, 300), Description("How far the clocks of provider and gateway may differ, in seconds.")]
    public int ClockSkewSeconds { get; init; } = 60;
}
