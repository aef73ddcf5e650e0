using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Access;

/// <summary>What a client shows to be let in, and where it comes from.</summary>
/// <param name="Token">What it gave as a token; null when it gave none.</param>
/// <param name="Password">What it gave as a password. Clients use either field for either secret.</param>
/// <param name="Source">Where it comes from, as far as that can be believed.</param>
/// <param name="Headers">Of the request that it came with.</param>
/// <param name="Origin">The web page that connects; null for other programs.</param>
internal sealed record ShownCredential(string? Token, string? Password, RequestSource Source, IHeaderDictionary Headers, string? Origin)
{
    /// <summary>False when there is nothing to be right or wrong.</summary>
    public bool IsAny => Token is not null || Password is not null;

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(ShownCredential)} {{ {nameof(Source)} = {Source} }}";
}
