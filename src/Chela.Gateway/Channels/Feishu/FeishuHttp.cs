using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// Asks Feishu by HTTP. Each call throws <see cref="FeishuException"/> where Feishu says no, and <see cref="HttpRequestException"/> where it cannot
/// be reached or does not answer as it should.
/// </summary>
internal sealed class FeishuHttp(TimeProvider time) : IDisposable
{
    /// <summary>The longest answer that is read, in bytes; files have a limit of their own.</summary>
    private const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>In how many seconds the app may call again.</summary>
    private const string ResetHeader = "x-ogw-ratelimit-reset";

    private readonly HttpClient _http = PlatformHttp.NewClient(int.MaxValue); // each call has a limit of its own

    /// <summary>Makes a call.</summary>
    /// <param name="token">The tenant's; null where none is needed.</param>
    /// <param name="content">What is sent; null for nothing.</param>
    public async Task<FeishuAnswer> CallAsync(HttpMethod method, string address, string? token, HttpContent? content, CancellationToken ct)
    {
        var reply = await AskAsync(method, address, token, content, MaxAnswerBytes, ct);
        return Read(reply) is { Code: 0 } answer ? answer : throw Refusal(reply);
    }

    /// <summary>The content of a file.</summary>
    /// <param name="most">The longest that is taken, in bytes.</param>
    public async Task<byte[]> DownloadAsync(string address, string token, long most, CancellationToken ct)
    {
        var reply = await AskAsync(HttpMethod.Get, address, token, null, most, ct);
        return reply.Status is >= 200 and < 300 ? reply.Body : throw Refusal(reply);
    }

    /// <summary>What is sent as JSON.</summary>
    public static HttpContent Json(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) { CharSet = "utf-8" };
        return content;
    }

    public void Dispose() => _http.Dispose();

    private async Task<Reply> AskAsync(HttpMethod method, string address, string? token, HttpContent? content, long most, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await PlatformHttp.WithinAsync(async limited =>
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited);
            await answer.Content.LoadIntoBufferAsync(most, limited); // refuses what is longer
            return new Reply((int)answer.StatusCode, Wait(answer.Headers), await answer.Content.ReadAsByteArrayAsync(limited));
        }, time, ct);
    }

    private static TimeSpan? Wait(HttpResponseHeaders headers) =>
        headers.TryGetValues(ResetHeader, out var values) && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : headers.RetryAfter?.Delta;

    private static FeishuAnswer Read(Reply reply)
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body, FeishuJson.Default.FeishuAnswer) is { Code: not null } answer ? answer : throw NotFeishu(reply, null);
        }
        catch (JsonException e)
        {
            throw NotFeishu(reply, e);
        }
    }

    private static HttpRequestException NotFeishu(Reply reply, JsonException? e) => new($"what answers {reply.Status} is not Feishu", e);

    private static FeishuException Refusal(Reply reply)
    {
        var answer = Read(reply);
        return new FeishuException(new FeishuError(reply.Status, answer.Code ?? 0, answer.Msg ?? "no reason given", reply.Wait));
    }

    /// <param name="Wait">How long Feishu asks to wait.</param>
    private sealed record Reply(int Status, TimeSpan? Wait, byte[] Body);
}
