using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Access;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>
/// <c>POST /channels/telegram/{account}</c>: Telegram posts an update, and hears 200 when its message is on disk; else it posts it again. Whoever does
/// not show the secret of the account learns nothing and changes nothing.
/// </summary>
internal sealed class TelegramEndpoint(TelegramIntake intake, Accounts accounts, FailedAttempts attempts, ConfigStore config, TimeProvider time)
{
    /// <summary>Where Telegram shows the secret (setWebhook, <c>secret_token</c>).</summary>
    public const string SecretHeader = "X-Telegram-Bot-Api-Secret-Token";

    /// <summary>How long a message may wait for its place; after that Telegram tries again.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static string PathOf(string account) => $"/channels/telegram/{account}";

    public async Task AnswerAsync(HttpContext context)
    {
        var name = context.GetRouteValue("account") as string ?? "";
        if (config.Current.Config.Channels.Telegram.GetValueOrDefault(name) is not { WebhookUrl: not null, WebhookSecret: { } secret })
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (await ShowsAsync(context, secret) && await PushBody.ReadJsonAsync(context) is { ValueKind: JsonValueKind.Object } update)
        {
            await TakeAsync(context, name, update);
        }
    }

    /// <summary>False when the request was answered because it does not show the secret.</summary>
    private async Task<bool> ShowsAsync(HttpContext context, string secret)
    {
        using var attempt = attempts.Begin(AttemptKind.Webhook, RequestSource.Of(context), origin: null);
        if (attempt.IsRefused)
        {
            PushBody.Refuse(context, StatusCodes.Status429TooManyRequests, attempt.RetryAfterMs);
            return false;
        }

        var shown = Encoding.UTF8.GetBytes(context.Request.Headers[SecretHeader].ToString());
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(shown), SHA256.HashData(Encoding.UTF8.GetBytes(secret))))
        {
            attempt.Succeed();
            return true;
        }

        attempt.Fail();
        await Task.Delay(attempt.Delay, time, context.RequestAborted);
        PushBody.Refuse(context, StatusCodes.Status401Unauthorized);
        return false;
    }

    private async Task TakeAsync(HttpContext context, string name, JsonElement update)
    {
        if (accounts.Running(new AccountName(TelegramChannel.ChannelName, name)) is not { } door)
        {
            PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
            return;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            door.Heard();
            if (!await intake.TakeAsync(update, door, either.Token))
            {
                PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, 5000);
        }
    }
}
