using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Slack;

/// <summary>Slack said no.</summary>
/// <param name="error">Its word for why.</param>
/// <param name="retryAfter">How long it asks to wait; null when it does not say.</param>
internal sealed class SlackException(string error, TimeSpan? retryAfter = null) : Exception($"Slack answered {error}")
{
    private static readonly string[] OfAccounts =
    [
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "missing_scope", "no_permission",
        "access_denied", "org_login_required", "forbidden_team", "team_access_not_granted", "two_factor_setup_required",
    ];

    private static readonly string[] ForNow =
    [
        "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited", "team_added_to_org",
    ];

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>True where it does not want the account as it is.</summary>
    public bool IsOfAccount => OfAccounts.Contains(error, StringComparer.Ordinal);

    /// <summary>True where it may say yes later.</summary>
    public bool IsForNow => ForNow.Contains(error, StringComparer.Ordinal);
}

/// <summary>
/// The calls of the Web API that are used here. Each throws <see cref="SlackException"/> where Slack says no, and <see cref="HttpRequestException"/> where
/// it cannot be reached or does not answer as it should.
/// </summary>
internal sealed class SlackApi(TimeProvider time) : IDisposable
{
    private const int MaxAnswerBytes = 1024 * 1024;

    private static readonly SlackJson Json = SlackJson.Default;

    private readonly HttpClient _http = PlatformHttp.NewClient(MaxAnswerBytes);

    /// <summary>Who the bot is.</summary>
    public Task<SlackIdentity> TestAsync(SlackAccountConfig account, CancellationToken ct) =>
        CallAsync(account, account.BotToken, "auth.test", Nothing(), Json.SlackIdentity, ct);

    /// <summary>The address of a connection of Socket Mode, which is good for one.</summary>
    public async Task<Uri> OpenConnectionAsync(SlackAccountConfig account, CancellationToken ct)
    {
        var opened = await CallAsync(account, account.AppToken, "apps.connections.open", Nothing(), Json.OpenedConnection, ct);
        var isPlain = Root(account).Scheme == Uri.UriSchemeHttp;
        return opened.Url is { } url && (url.Scheme == Uri.UriSchemeWss || (isPlain && url.Scheme == Uri.UriSchemeWs))
            ? url
            : throw new HttpRequestException("Slack gave no address to connect to");
    }

    public Task<PostedMessage> PostAsync(SlackAccountConfig account, PostMessage message, CancellationToken ct) =>
        CallAsync(account, account.BotToken, "chat.postMessage", Content(message, Json.PostMessage), Json.PostedMessage, ct);

    public Task UpdateAsync(SlackAccountConfig account, UpdateMessage message, CancellationToken ct) =>
        CallAsync(account, account.BotToken, "chat.update", Content(message, Json.UpdateMessage), Json.SlackAnswer, ct);

    public Task AddReactionAsync(SlackAccountConfig account, AddReaction reaction, CancellationToken ct) =>
        CallAsync(account, account.BotToken, "reactions.add", Content(reaction, Json.AddReaction), Json.SlackAnswer, ct);

    /// <summary>Where the content of a file is sent to.</summary>
    public Task<OpenedUpload> OpenUploadAsync(SlackAccountConfig account, string name, int length, CancellationToken ct)
    {
        var form = new Dictionary<string, string> { ["filename"] = name, ["length"] = length.ToString(CultureInfo.InvariantCulture) };
        return CallAsync(account, account.BotToken, "files.getUploadURLExternal", new FormUrlEncodedContent(form), Json.OpenedUpload, ct);
    }

    /// <summary>Sends the content of a file; the address alone is the permission.</summary>
    public Task UploadAsync(SlackAccountConfig account, string? address, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var url = OfSlack(address, account);
        return PlatformHttp.WithinAsync(async limited =>
        {
            using var body = new ReadOnlyMemoryContent(content);
            using var answer = await _http.PostAsync(url, body, limited);
            return answer.IsSuccessStatusCode ? true : throw new HttpRequestException($"the content of a file was answered with {(int)answer.StatusCode}");
        }, time, ct);
    }

    /// <summary>Shows a file whose content was sent.</summary>
    public Task CompleteUploadAsync(SlackAccountConfig account, CompleteUpload upload, CancellationToken ct) =>
        CallAsync(account, account.BotToken, "files.completeUploadExternal", Content(upload, Json.CompleteUpload), Json.SlackAnswer, ct);

    /// <summary>The content of a file.</summary>
    /// <param name="address">Where Slack says that it lies.</param>
    /// <param name="most">The most bytes that are taken.</param>
    /// <exception cref="HttpRequestException">It is not given out, or too long, or does not come in time.</exception>
    public Task<byte[]> DownloadAsync(SlackAccountConfig account, string address, long most, CancellationToken ct)
    {
        var url = OfSlack(address, account);
        return PlatformHttp.WithinAsync(async limited =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Authorization = new("Bearer", account.BotToken) } };
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited);
            if (!answer.IsSuccessStatusCode)
            {
                throw new HttpRequestException($"it is not given out: {(int)answer.StatusCode}"); // a token without files:read is sent to the login page
            }

            await answer.Content.LoadIntoBufferAsync(most, limited);
            return await answer.Content.ReadAsByteArrayAsync(limited);
        }, time, ct);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> CallAsync<T>(SlackAccountConfig account, string token, string method, HttpContent body, JsonTypeInfo<T> read, CancellationToken ct)
        where T : SlackAnswer
    {
        var (status, retryAfter, answer) = await PlatformHttp.WithinAsync(limited => PostAsync(new Uri($"{Root(account)}/{method}"), token, body, limited), time, ct);
        if (status == HttpStatusCode.TooManyRequests)
        {
            throw new SlackException("ratelimited", retryAfter);
        }

        try
        {
            var said = (int)status < 500 ? JsonSerializer.Deserialize(answer, read) : throw new HttpRequestException($"{method} was answered with {(int)status}");
            return said is { Ok: true } ? said : throw new SlackException(said?.Error ?? "no reason", retryAfter);
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"what answers {method} is not Slack", e);
        }
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, byte[] Body)> PostAsync(Uri address, string token, HttpContent body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Headers = { Authorization = new("Bearer", token) },
            Content = body,
        };
        using var answer = await _http.SendAsync(request, ct);
        return (answer.StatusCode, answer.Headers.RetryAfter?.Delta, await answer.Content.ReadAsByteArrayAsync(ct));
    }

    private static ByteArrayContent Content<T>(T parameters, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(parameters, type))
    {
        Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-8") },
    };

    private static ByteArrayContent Nothing() => new([]);

    /// <summary>An address that Slack gave, where it is one of Slack's own: files of others that are only linked to lie anywhere.</summary>
    private static Uri OfSlack(string? address, SlackAccountConfig account) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && (url.Authority == Root(account).Authority
            || (url.Scheme == Uri.UriSchemeHttps && url.IsDefaultPort && url.Host.EndsWith(".slack.com", StringComparison.OrdinalIgnoreCase)))
            ? url
            : throw new HttpRequestException("it lies elsewhere, and what is meant for Slack goes to Slack alone");

    private static Uri Root(SlackAccountConfig account) => new((account.ApiRoot ?? SlackAccountConfig.UsualApiRoot).TrimEnd('/'));
}
