using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Access;

/// <summary>Finds the credential of an HTTP request.</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>The token in <c>Authorization: Bearer</c>, else in the query as <c>token</c>; null when there is none.</summary>
    public static string? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return header[Scheme.Length..].Trim();
        }

        return request.Query.TryGetValue("token", out var token) ? token.ToString() : null;
    }
}
