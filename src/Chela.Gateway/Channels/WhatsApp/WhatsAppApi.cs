using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.WhatsApp;

/// <summary>The Cloud API said no.</summary>
internal sealed class WhatsAppException(int status, WhatsAppError error, TimeSpan? retryAfter)
    : Exception($"WhatsApp answered {error.Code ?? status}: {error.Message ?? error.Title ?? "no reason given"}")
{
    /// <summary>The status of HTTP.</summary>
    public int Status { get; } = status;

    /// <summary>https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes; 0 where none was given.</summary>
    public int Code { get; } = error.Code ?? 0;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True where the token is not good, or not any more.</summary>
    public bool IsUnknown => Status == 401 || Code == 190;

    /// <summary>True where the person wrote too long ago: only a template reaches them now.</summary>
    public bool IsOutsideWindow => Code == 131047;

    /// <summary>True where the same may succeed later: too much at once, or a fault of theirs.</summary>
    public bool MayPass => Status == 429 || Status >= 500 || IsUnknown || Code is 1 or 2 or 4 or 80007 or 130429 or 131000 or 131016 or 131048 or 131056;
}

/// <summary>
/// The calls of the Cloud API that are used here. Each throws <see cref="WhatsAppException"/> where Meta says no, and
/// <see cref="HttpRequestException"/> where it cannot be reached or does not answer as it should.
/// </summary>
internal sealed class WhatsAppApi(TimeProvider time) : IDisposable
{
    private const int MaxAnswerBytes = 100 * 1024 * 1024;

    private static readonly WhatsAppJson Json = WhatsAppJson.Default;

    /// <summary>Where Meta keeps files besides the API itself.</summary>
    private static readonly string[] FileHosts = [".fbsbx.com", ".facebook.com", ".whatsapp.net"];

    private readonly HttpClient _http = PlatformHttp.NewClient(MaxAnswerBytes);

    /// <summary>The number as people know it.</summary>
    public Task<WhatsAppAnswer> GetNumberAsync(WhatsAppAccountConfig account, CancellationToken ct) =>
        CallAsync(account, HttpMethod.Get, $"{account.PhoneNumberId}?fields=display_phone_number,verified_name", null, ct);

    /// <summary>Sends a message; returns what WhatsApp calls it.</summary>
    public async Task<string?> SendAsync(WhatsAppAccountConfig account, WhatsAppSend message, CancellationToken ct)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, Json.WhatsAppSend));
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        var answer = await CallAsync(account, HttpMethod.Post, $"{account.PhoneNumberId}/messages", content, ct);
        return answer.Messages is [{ Id: { } id }, ..] ? id : null;
    }

    /// <summary>Puts a file where messages can name it; returns its id.</summary>
    public async Task<string> UploadAsync(WhatsAppAccountConfig account, string name, string mimeType, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent { { new StringContent("whatsapp"), "messaging_product" }, { new StringContent(mimeType), "type" } };
        var file = new ReadOnlyMemoryContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue(mimeType);
        form.Add(file, "file", name);
        var answer = await CallAsync(account, HttpMethod.Post, $"{account.PhoneNumberId}/media", form, ct);
        return answer.Id ?? throw new HttpRequestException("what answers an upload is not the Cloud API");
    }

    /// <summary>The content of a file that a person sent.</summary>
    /// <exception cref="HttpRequestException">It is longer, is not given out, or lies where the token must not go.</exception>
    public async Task<byte[]> DownloadAsync(WhatsAppAccountConfig account, string id, long mostBytes, CancellationToken ct)
    {
        var place = await CallAsync(account, HttpMethod.Get, Uri.EscapeDataString(id), null, ct);
        if (!Uri.TryCreate(place.Url, UriKind.Absolute, out var address) || !MayHaveToken(account, address))
        {
            throw new HttpRequestException("it lies where the token must not go");
        }

        return place.FileSize > mostBytes
            ? throw new HttpRequestException($"it has {place.FileSize} bytes, and {mostBytes} are allowed (agents.defaults.mediaMaxMb)")
            : await PlatformHttp.WithinAsync(async limited =>
            {
                using var answer = await AskAsync(account, HttpMethod.Get, address, null, limited);
                return answer.IsSuccessStatusCode
                    ? await answer.Content.ReadAsByteArrayAsync(limited)
                    : throw new HttpRequestException($"it is not given out: {(int)answer.StatusCode}");
            }, time, ct);
    }

    public void Dispose() => _http.Dispose();

    private static bool MayHaveToken(WhatsAppAccountConfig account, Uri address) =>
        address.Authority == new Uri(Root(account)).Authority
        || (address.Scheme == Uri.UriSchemeHttps && FileHosts.Any(host => address.Host.EndsWith(host, StringComparison.OrdinalIgnoreCase)));

    private async Task<WhatsAppAnswer> CallAsync(WhatsAppAccountConfig account, HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        var (status, retryAfter, body) = await PlatformHttp.WithinAsync(async limited =>
        {
            using var answer = await AskAsync(account, method, new Uri($"{Root(account)}/{path}"), content, limited);
            return ((int)answer.StatusCode, answer.Headers.RetryAfter?.Delta, await answer.Content.ReadAsByteArrayAsync(limited));
        }, time, ct);
        try
        {
            var answer = JsonSerializer.Deserialize(body, Json.WhatsAppAnswer)!;
            return answer.Error is null && status is >= 200 and < 300 ? answer : throw new WhatsAppException(status, answer.Error ?? new WhatsAppError(), retryAfter);
        }
        catch (JsonException) when (status >= 400)
        {
            throw new WhatsAppException(status, new WhatsAppError(), retryAfter);
        }
        catch (JsonException e)
        {
            throw new HttpRequestException("what answers is not the Cloud API", e);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(WhatsAppAccountConfig account, HttpMethod method, Uri address, HttpContent? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.AccessToken);
        return await _http.SendAsync(request, ct);
    }

    private static string Root(WhatsAppAccountConfig account) => (account.ApiRoot ?? WhatsAppAccountConfig.UsualApiRoot).TrimEnd('/');
}
