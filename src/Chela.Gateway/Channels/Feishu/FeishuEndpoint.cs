using System.Net.Mime;
using System.Text.Json;
using Chela.Gateway.Access;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// <c>POST /channels/feishu/{account}</c>: Feishu posts an event, and hears 200 when its message is on disk; else it posts it again. Whoever does not
/// show both secrets of the account learns nothing and changes nothing.
/// </summary>
internal sealed class FeishuEndpoint(FeishuIntake intake, Accounts accounts, FailedAttempts attempts, ConfigStore config, TimeProvider time)
{
    private const string Question = "url_verification";

    private const int MaxChallengeChars = 1_000;

    /// <summary>How long a message may wait for its place; after that Feishu tries again.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static string PathOf(string account) => $"/channels/feishu/{account}";

    public async Task AnswerAsync(HttpContext context)
    {
        var name = context.GetRouteValue("account") as string ?? "";
        var account = config.Current.Config.Channels.Feishu.GetValueOrDefault(name);
        if (account is not { EncryptKey: { } key, VerificationToken: { } token } || !account.IsPosted() || !account.Runs())
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (PushBody.IsJson(context) && await OpenAsync(context, key, token) is var (read, json))
        {
            await (read.Type == Question ? AnswerAsync(context, read.Challenge ?? "") : TakeAsync(context, name, json));
        }
    }

    /// <summary>The event, once both secrets were shown; null when the request was answered instead.</summary>
    private async Task<(FeishuEvent Event, byte[] Json)?> OpenAsync(HttpContext context, string key, string token)
    {
        using var attempt = attempts.Begin(AttemptKind.Webhook, RequestSource.Of(context), origin: null);
        if (attempt.IsRefused)
        {
            PushBody.Refuse(context, StatusCodes.Status429TooManyRequests, attempt.RetryAfterMs);
            return null;
        }

        if (await PushBody.ReadAsync(context) is not { } body)
        {
            attempt.Withdraw();
            return null;
        }

        if (Opened(context.Request.Headers, key, token, body) is { } opened)
        {
            attempt.Succeed();
            return opened;
        }

        attempt.Fail();
        await Task.Delay(attempt.Delay, time, context.RequestAborted);
        PushBody.Refuse(context, StatusCodes.Status401Unauthorized);
        return null;
    }

    /// <summary>Events are signed; the question whether somebody is there, which changes nothing, may come without a signature.</summary>
    private (FeishuEvent Event, byte[] Json)? Opened(IHeaderDictionary headers, string key, string token, byte[] body)
    {
        var isSigned = FeishuSeal.IsSigned(key, headers, body, time.GetUtcNow());
        if (!isSigned && headers.ContainsKey(FeishuSeal.SignatureHeader))
        {
            return null;
        }

        return FeishuSeal.Open(key, body) is { } opened && (isSigned || opened.Event.Type == Question) && FeishuSeal.IsSame(token, opened.Event.Header?.Token ?? opened.Event.Token)
            ? opened
            : null;
    }

    private static async Task AnswerAsync(HttpContext context, string challenge)
    {
        if (challenge.Length > MaxChallengeChars)
        {
            PushBody.Refuse(context, StatusCodes.Status400BadRequest);
            return;
        }

        await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new FeishuChallenge(challenge), FeishuJson.Default.FeishuChallenge));
    }

    private static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = MediaTypeNames.Application.Json;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private async Task TakeAsync(HttpContext context, string name, byte[] json)
    {
        if (accounts.Running(new AccountName(FeishuChannel.ChannelName, name)) is not { } door)
        {
            PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
            return;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            door.Heard();
            if (!await intake.TakeAsync(json, door, either.Token))
            {
                PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
                return;
            }

            await WriteAsync(context, "{}"u8.ToArray()); // buttons want to hear it
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
        }
    }
}
