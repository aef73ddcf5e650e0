using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Access;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chela.Gateway.Channels.WhatsApp;

/// <summary>
/// <c>/channels/whatsapp/{account}</c>: Meta asks once whether the address is meant (GET), then posts what happens, signed. It hears 200 when all
/// messages of a post are on disk; else it posts again, and messages that are there already are known by their ids.
/// </summary>
internal sealed class WhatsAppEndpoint(WhatsAppChannel channel, Accounts accounts, FailedAttempts attempts, ConfigStore config, TimeProvider time)
{
    /// <summary>Where Meta signs the body: <c>sha256=</c> and the HMAC under the secret of the app, in hexadecimal digits.</summary>
    public const string SignatureHeader = "X-Hub-Signature-256";

    private const string SignaturePrefix = "sha256=";
    private const int MaxChallenge = 200;

    /// <summary>How long the messages of a post may wait for their place; after that Meta tries again.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static string PathOf(string account) => $"/channels/whatsapp/{account}";

    /// <summary>Answers the question whether the address is meant.</summary>
    public async Task VerifyAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (Find(context).Account is not { } account)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (await IsAsync(context, () => query["hub.mode"] == "subscribe" && AreSame(query["hub.verify_token"].ToString(), account.VerifyToken)))
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
        else if (await PushBody.ReadAsync(context) is { } body && await IsAsync(context, () => IsSigned(context.Request, body, account.AppSecret)))
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

    /// <summary>False when the request was answered because whoever sent it has not shown that it is Meta.</summary>
    private async Task<bool> IsAsync(HttpContext context, Func<bool> shows)
    {
        using var attempt = attempts.Begin(AttemptKind.Webhook, RequestSource.Of(context), origin: null);
        if (attempt.IsRefused)
        {
            PushBody.Refuse(context, StatusCodes.Status429TooManyRequests, attempt.RetryAfterMs);
            return false;
        }

        if (shows())
        {
            attempt.Succeed();
            return true;
        }

        attempt.Fail();
        await Task.Delay(attempt.Delay, time, context.RequestAborted);
        PushBody.Refuse(context, StatusCodes.Status401Unauthorized);
        return false;
    }

    private async Task TakeAsync(HttpContext context, string name, byte[] body)
    {
        if (accounts.Running(new AccountName(WhatsAppChannel.ChannelName, name)) is not { } door)
        {
            PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
            return;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            door.Heard();
            await channel.TakeAsync(body, door, either.Token);
        }
        catch (JsonException)
        {
            PushBody.Refuse(context, StatusCodes.Status400BadRequest);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
        }
    }
}
