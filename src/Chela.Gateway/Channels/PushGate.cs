using Chela.Contracts.Channels;
using Chela.Gateway.Access;
using Chela.Gateway.Channels.Supervision;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Channels;

/// <summary>
/// The way in for what platforms post: whoever shows the secret of the account may bring something, and hears 200 when it is on disk; else it is to be
/// posted again. Whoever does not learns nothing and changes nothing.
/// </summary>
internal sealed class PushGate(Accounts accounts, FailedAttempts attempts, TimeProvider time)
{
    /// <summary>When a platform should post again what could not be taken, in milliseconds.</summary>
    private const int AgainAfterMs = 5_000;

    /// <summary>How long a message may wait for its place; after that its platform posts it again.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>False when the request was answered because whoever sent it does not show the secret, or failed to too often.</summary>
    /// <param name="context">The request.</param>
    /// <param name="shows">Whether it shows the secret; null where the body did not come, and the request was answered for that.</param>
    public async Task<bool> AdmitsAsync(HttpContext context, Func<Task<bool?>> shows)
    {
        using var attempt = attempts.Begin(AttemptKind.Webhook, RequestSource.Of(context), origin: null);
        if (attempt.IsRefused)
        {
            PushBody.Refuse(context, StatusCodes.Status429TooManyRequests, attempt.RetryAfterMs);
            return false;
        }

        switch (await shows())
        {
            case true:
                attempt.Succeed();
                return true;
            case null:
                attempt.Withdraw();
                return false;
            default:
                attempt.Fail();
                await Task.Delay(attempt.Delay, time, context.RequestAborted);
                PushBody.Refuse(context, StatusCodes.Status401Unauthorized);
                return false;
        }
    }

    /// <summary>Hands what was posted to an account that runs. What it does not take in time is to be posted again.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">The account.</param>
    /// <param name="take">Takes it in; false where it cannot be taken yet.</param>
    /// <returns>True when it was taken; else the request was answered.</returns>
    public async Task<bool> TakesAsync(HttpContext context, AccountName name, Func<IChannelDoor, CancellationToken, Task<bool>> take)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            if (accounts.Running(name) is { } door)
            {
                door.Heard();
                if (await take(door, either.Token))
                {
                    return true;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // It waits for its place, which it may have when it comes again.
        }

        PushBody.Refuse(context, StatusCodes.Status503ServiceUnavailable, AgainAfterMs);
        return false;
    }
}
