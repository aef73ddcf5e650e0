using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Schema;
using Chela.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chela.Gateway.Channels.Webhook;

/// <summary>
/// <c>POST /webhook/{account}</c>: a program brings a message and hears 200 when it is on disk. Whoever has not shown that it is the program of
/// the account learns nothing and changes nothing.
/// </summary>
internal sealed class WebhookEndpoint(InboundDoor door, Outbox outbox, FailedAttempts attempts, ConfigStore config, TimeProvider time)
{
    /// <summary>The longest body, in bytes.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>The most bodies that are read at once; nobody has shown yet who sends them.</summary>
    public const int MaxBodies = 32;

    private static readonly JsonShape Shape = new(WebhookJson.Default.WebhookMessage);

    private static readonly WebhookProblem UnknownAccount = new("No such webhook", 404, "The address names no account of channels.webhook.");
    private static readonly WebhookProblem NotJson = new("Content type not supported", 415, "Send the message with Content-Type: application/json.");
    private static readonly WebhookProblem TooLarge = new("Body too large", 413, $"The body of a message has at most {MaxBodyBytes} bytes.");
    private static readonly WebhookProblem Busy = new("No place now", 503, "So much waits here that no more is taken in. Try again later.");
    private static readonly WebhookProblem LockedOut = new("Too many wrong signatures", 429, "Try again later, with the secret or the token of the account.");

    private static readonly WebhookProblem Anonymous = new("Sender missing", 400, "A message in a group or a channel has to name its sender.");

    private readonly Countdown _bodies = new();

    public async Task AnswerAsync(HttpContext context)
    {
        var name = context.GetRouteValue("account") as string ?? "";
        if (config.Current.Config.Channels.Webhook.GetValueOrDefault(name) is not { } account)
        {
            await RefuseAsync(context, UnknownAccount);
        }
        else if (!IsJson(context.Request.ContentType))
        {
            await RefuseAsync(context, NotJson);
        }
        else if (WebhookProof.Of(context.Request.Headers, account) is var proof && !proof.IsFresh(time.GetUtcNow()))
        {
            await RefuseAsync(context, WebhookProof.Stale);
        }
        else if (await ReadAsync(context, proof) is { } body)
        {
            await TakeAsync(context, name, account, body);
        }
    }

    /// <summary>The body, once it is known to come from the account's program; null when the request was answered instead.</summary>
    private async Task<byte[]?> ReadAsync(HttpContext context, WebhookProof proof)
    {
        using var attempt = attempts.Begin(AttemptKind.Webhook, RequestSource.Of(context), origin: null);
        if (attempt.IsRefused)
        {
            await RefuseAsync(context, LockedOut, attempt.RetryAfterMs);
            return null;
        }

        var body = await ReadBodyAsync(context);
        if (body is null)
        {
            attempt.Withdraw();
            return null;
        }

        if (proof.IsOf(body))
        {
            attempt.Succeed();
            return body;
        }

        attempt.Fail();
        await Task.Delay(attempt.Delay, time, context.RequestAborted);
        await RefuseAsync(context, proof.Problem);
        return null;
    }

    private async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBodyBytes)
        {
            await RefuseAsync(context, TooLarge);
            return null;
        }

        if (!_bodies.TryEnter(MaxBodies))
        {
            await RefuseAsync(context, Busy, 1000);
            return null;
        }

        try
        {
            if (await PushBody.ReadAtMostAsync(context.Request, MaxBodyBytes) is { } body)
            {
                return body;
            }

            await RefuseAsync(context, TooLarge);
            return null;
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode; // a body too long, too slow or cut off
            return null;
        }
        finally
        {
            _bodies.Leave();
        }
    }

    private async Task TakeAsync(HttpContext context, string name, WebhookAccountConfig account, byte[] body)
    {
        if (Shape.Check(body) is { Count: > 0 } problems)
        {
            await RefuseAsync(context, new WebhookProblem("Message not readable", 400, ShapeProblem.Join(problems)));
            return;
        }

        var message = JsonSerializer.Deserialize(body, WebhookJson.Default.WebhookMessage)!;
        var kind = Enum.Parse<PeerKind>(message.Kind ?? nameof(PeerKind.Direct), ignoreCase: true);
        if (kind != PeerKind.Direct && message.Sender is null)
        {
            await RefuseAsync(context, Anonymous);
            return;
        }

        var target = new ReplyTarget(WebhookChannel.ChannelName, name, message.Chat) { Kind = kind, Thread = message.Thread };
        if (account.Url is not null && !outbox.HasRoomFor(target))
        {
            await RefuseAsync(context, Busy, 30_000);
            return;
        }

        try
        {
            var inbound = MessageOf(message, target, account);
            var acceptance = await door(inbound, []);
            var status = acceptance == Acceptance.New ? "accepted" : "duplicate";
            await WriteAsync(context, new WebhookReceipt(status, inbound.RunId), WebhookJson.Default.WebhookReceipt);
        }
        catch (RpcException e)
        {
            await RefuseAsync(context, ProblemOf(e.Error), e.Error.RetryAfterMs);
        }
    }

    /// <summary>The run's id is made of channel, account and message, so that a message that comes again is known by it.</summary>
    private ChannelMessage MessageOf(WebhookMessage message, ReplyTarget target, WebhookAccountConfig account)
    {
        var origin = new Origin(target.Channel, target.Account, new Peer(target.Kind, target.Chat))
        {
            Thread = target.Thread is { } thread ? new SessionThread(thread) : null,
        };
        return new ChannelMessage(
            $"{target.Channel}:{target.Account}:{message.Id}", origin, message.Sender ?? message.Chat, message.Text,
            time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            ReplyTo = account.Url is null ? null : target,
        };
    }

    private static WebhookProblem ProblemOf(RpcError error) => error.Kind switch
    {
        RpcErrorKind.TooMany => new("Too many messages", 429, error.Message),
        RpcErrorKind.Unavailable => new("Not taken in", 503, error.Message),
        RpcErrorKind.InvalidRequest => new("Another message has this id", 409, error.Message),
        _ => new("Message not accepted", 400, error.Message),
    };

    private static Task RefuseAsync(HttpContext context, WebhookProblem problem, int? retryAfterMs = null)
    {
        context.Response.StatusCode = problem.Status;
        if (retryAfterMs is { } wait)
        {
            context.Response.Headers.RetryAfter = ((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }

        context.Response.ContentType = "application/problem+json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, problem, WebhookJson.Default.WebhookProblem, context.RequestAborted);
    }

    private static Task WriteAsync<T>(HttpContext context, T answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && MediaTypeNames.Application.Json.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase);
}
