using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Channels.Webhook;

/// <summary>Posts answers to the programs that asked by webhook.</summary>
internal sealed class WebhookChannel(ConfigStore config, TimeProvider time) : IOutboundChannel, IDisposable
{
    public const string ChannelName = "webhook";

    /// <summary>How long a program may take to answer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = TraceHeader.Sent,
        AllowAutoRedirect = false, // the answer goes where the configuration says, and nowhere else
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public string Name => ChannelName;

    public int MaxCharsFor(ReplyTarget target) => AccountOf(target)?.TextChunkLimit ?? WebhookAccountConfig.UsualTextChunkLimit;

    public async Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct)
    {
        if (AccountOf(piece.Target) is not { Url: { } url } account)
        {
            return SendOutcome.Refused($"channels.webhook.{piece.Target.Account}.url is not set.");
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var request = RequestOf(piece, url, account.Secret);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return OutcomeOf(answer);
        }
        catch (HttpRequestException e)
        {
            return SendOutcome.Later($"The program could not be reached: {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return SendOutcome.Later($"The program did not answer within {Limit.TotalSeconds} s.");
        }
    }

    public void Dispose() => _http.Dispose();

    private WebhookAccountConfig? AccountOf(ReplyTarget target) => config.Current.Config.Channels.Webhook.GetValueOrDefault(target.Account);

    private HttpRequestMessage RequestOf(OutboundPiece piece, string url, string secret)
    {
        var target = piece.Target;
        var reply = new WebhookReply(piece.IdempotencyKey, piece.MessageId, target.Chat, piece.Text, piece.Number, piece.Count, piece.TimestampMs)
        {
            Kind = target.Kind == PeerKind.Direct ? null : target.Kind.ToString().ToLowerInvariant(),
            Thread = target.Thread,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(reply, WebhookJson.Default.WebhookReply);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", piece.IdempotencyKey);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(secret, timestamp, body));
        return request;
    }

    private SendOutcome OutcomeOf(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode)
        {
            return SendOutcome.Sent(null);
        }

        var reason = $"The program answered {(int)answer.StatusCode}.";
        var mayPass = answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)answer.StatusCode is 425 or >= 500;
        return mayPass ? SendOutcome.Later(reason, WaitOf(answer.Headers.RetryAfter)) : SendOutcome.Refused(reason);
    }

    private TimeSpan? WaitOf(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date - time.GetUtcNow() is { } wait ? (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) : null);
}
