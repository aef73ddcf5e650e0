using System.Security.Cryptography;
using System.Text;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Channels.Webhook;

/// <summary>How a request shows that it comes from the program of an account: by the account's token where it has one, else by a signature.</summary>
internal sealed class WebhookProof
{
    public static readonly WebhookProblem Stale = new(
        "Timestamp not valid", 401, $"{WebhookSignature.TimestampHeader} has to be the time in Unix seconds, at most five minutes from the gateway's clock.");

    private const string Scheme = "Bearer ";

    private static readonly WebhookProblem NotSigned = new(
        "Signature not valid", 401,
        $"{WebhookSignature.Header} has to be v1= and the HMAC-SHA256, in hexadecimal digits, of timestamp, dot and body under the secret of the account.");

    private static readonly WebhookProblem NotKnown = new("Token not valid", 401, "Authorization has to be Bearer and the token of the account.");

    private readonly WebhookAccountConfig _account;
    private readonly string? _token;
    private readonly string _timestamp, _signature;

    private WebhookProof(IHeaderDictionary headers, WebhookAccountConfig account)
    {
        _account = account;
        var authorization = headers.Authorization.ToString();
        _token = account.Token is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..] : null;
        _timestamp = headers[WebhookSignature.TimestampHeader].ToString();
        _signature = headers[WebhookSignature.Header].ToString();
    }

    /// <summary>What is said to a request whose proof is wrong.</summary>
    public WebhookProblem Problem => _token is null ? NotSigned : NotKnown;

    public static WebhookProof Of(IHeaderDictionary headers, WebhookAccountConfig account) => new(headers, account);

    /// <summary>False for a signature of another time. A token has none: there the id of the message alone keeps it from being taken twice.</summary>
    public bool IsFresh(DateTimeOffset now) => _token is not null || WebhookSignature.IsFresh(_timestamp, now);

    /// <summary>True where it is right for this body. Takes as long for a wrong one as for a right one.</summary>
    public bool IsOf(ReadOnlySpan<byte> body) => _token is null
        ? WebhookSignature.IsValid(_account.Secret, _timestamp, body, _signature)
        : CryptographicOperations.FixedTimeEquals(Hash(_token), Hash(_account.Token!));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
