using Chela.Contracts.Access;

namespace Chela.Gateway.Access;

/// <summary>What became of a credential that was shown to the gateway itself, not to its list of devices.</summary>
/// <param name="Method">How the client showed its right, in the protocol's words: <c>token</c>, <c>password</c>, …</param>
/// <param name="Reason">Why it is not good, in the protocol's words (<see cref="AuthReason"/>); null when it is.</param>
internal sealed record CredentialVerdict(string Method, string? Reason)
{
    public bool IsValid => Reason is null;

    /// <summary>Which secret it was, so that its end can be noticed; null where none is shared.</summary>
    public string? Generation { get; init; }

    /// <summary>Who it is, where the credential says so; null for a secret that everybody shares.</summary>
    public string? UserId { get; init; }

    /// <summary>The scopes of this identity; null where it may have whatever it asks for.</summary>
    public OperatorScopes? Scopes { get; init; }

    /// <summary>True where these scopes are the most that it can have, and not merely what it has besides.</summary>
    public bool IsLimit { get; init; }

    /// <summary>When the credential ends by itself; null for one that does not.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>When a further try makes sense; null where only another credential does.</summary>
    public int? RetryAfterMs { get; init; }

    /// <summary>The attempt, while it is open whether it counts; for a credential that is not good.</summary>
    public Attempt? Attempt { get; init; }
}
