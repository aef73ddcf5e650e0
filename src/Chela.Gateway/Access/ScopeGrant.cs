using Chela.Contracts.Access;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Access;

/// <summary>What a client is granted of what it asks for, by who it is and by what the proxy before it allows (02-handshake § 4).</summary>
internal static class ScopeGrant
{
    /// <summary>A header of the upgrade request that lessens what is granted; identity proxies write it.</summary>
    public const string CapHeader = "x-openclaw-scopes";

    /// <summary>The scopes with these names; names that nobody defined count for nothing.</summary>
    public static OperatorScopes Parse(IEnumerable<string> names) => names.Aggregate(
        OperatorScopes.None, (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : all);

    /// <summary>The grant of a client that asks for scopes.</summary>
    /// <param name="asked">What it asks for and may have by its kind or its device.</param>
    /// <param name="verdict">Whose credential it is.</param>
    /// <param name="headers">Of the request that it came with.</param>
    public static OperatorScopes Of(OperatorScopes asked, CredentialVerdict verdict, IHeaderDictionary headers)
    {
        var granted = verdict.Scopes is not { } own ? asked
            : !verdict.IsLimit ? asked | own
            : asked == OperatorScopes.None ? own
            : Both(asked, own);
        return Cap(granted, headers);
    }

    /// <summary>What a device may ask for: nobody is paired for more than his credential and the request allow.</summary>
    public static OperatorScopes Limit(OperatorScopes asked, CredentialVerdict verdict, IHeaderDictionary headers) =>
        Cap(verdict is { IsLimit: true, Scopes: { } own } ? Both(asked, own) : asked, headers);

    /// <summary>The grant of a client that cannot ask: all that its credential is good for.</summary>
    public static OperatorScopes Whole(CredentialVerdict verdict, IHeaderDictionary headers) =>
        Cap(verdict.Scopes ?? OperatorScopes.Admin, headers);

    /// <summary>No more than the header allows, where there is one; an empty header allows nothing.</summary>
    public static OperatorScopes Cap(OperatorScopes granted, IHeaderDictionary headers) =>
        headers.TryGetValue(CapHeader, out var lines)
            ? Both(granted, Parse(lines.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries))))
            : granted;

    /// <summary>What both allow, as few names as say it.</summary>
    private static OperatorScopes Both(OperatorScopes a, OperatorScopes b)
    {
        var (wholeA, wholeB) = (ScopeNames.WithIncluded(a), ScopeNames.WithIncluded(b));
        return (a & wholeB) == a ? a : (b & wholeA) == b ? b : wholeA & wholeB;
    }
}
