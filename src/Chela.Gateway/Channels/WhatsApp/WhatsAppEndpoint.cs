using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chela.Gateway.Channels.WhatsApp;

/// <summary>
/// <c>/channels/whatsapp/{account}</c>: Meta asks once whether the address is meant (GET), then posts what happens, signed. It hears 200 when all
/// messages of a post are on disk; else it posts again, and messages that are there already are known by their ids.
/// </summary>
internal sealed class WhatsAppEndpoint(WhatsAppChannel channel, PushGate gate, ConfigStore config)
{
    /// <summary>Where Meta signs the body: <c>sha256=</c> and the HMAC under the secret of the app, in hexadecimal digits.</summary>
    public const string SignatureHeader = "X-Hub-Signature-256";

    private const string SignaturePrefix = "sha256=";
    private const int MaxChallenge = 200;

    public static string PathOf(string account) => $"/channels/whatsapp/{account}";

    /// <summary>Answers the question whether the address is meant.</summary>
    public async Task VerifyAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (Find(context).Account is not { } account)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (await gate.AdmitsAsync(context, () => Task.FromResult<bool?>(query["hub.mode"] == "subscribe" && AreSame(query["hub.verify_token"].ToString(), account.VerifyToken))))
        {
            var challenge = query["hub.challenge"].ToString();
            context.Response.ContentType = MediaTypeNames.Text.Plain;
            await context.Response.WriteAsync(challenge[..Math.Min(challenge.Length, MaxChallenge)], context.RequestAborted);
        }
    }

    /// <summary>Takes what Meta posts.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (Find(context) is not (var name, { } account))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (await ReadAsync(context, account.AppSecret) is { } body)
        {
            await TakeAsync(context, name, body);
        }
    }

    private (string Name, WhatsAppAccountConfig? Account) Find(HttpContext context)
    {
        var name = context.GetRouteValue("account") as string ?? "";
        return (name, config.Current.Config.Channels.WhatsApp.GetValueOrDefault(name));
    }

    private static bool IsSigned(HttpRequest request, byte[] body, string secret)
    {
        var shown = request.Headers[SignatureHeader].ToString();
        var due = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
        return shown.StartsWith(SignaturePrefix, StringComparison.Ordinal) && AreSame(shown[SignaturePrefix.Length..], due);
    }

    private static bool AreSame(string shown, string due) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown)), SHA256.HashData(Encoding.UTF8.GetBytes(due)));

    /// <summary>The body, once its signature was found right; null when the request was answered instead.</summary>
    private async Task<byte[]?> ReadAsync(HttpContext context, string secret)
    {
        byte[]? body = null;
        return await gate.AdmitsAsync(context, async () => (body = await PushBody.ReadAsync(context)) is null ? null : IsSigned(context.Request, body, secret)) ? body : null;
    }

    private async Task TakeAsync(HttpContext context, string name, byte[] body)
    {
        try
        {
            await gate.TakesAsync(context, new AccountName(WhatsAppChannel.ChannelName, name), async (door, ct) =>
            {
                await channel.TakeAsync(body, door, ct);
                return true;
            });
        }
        catch (JsonException)
        {
            PushBody.Refuse(context, StatusCodes.Status400BadRequest);
        }
    }
}
