using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Chaos;

/// <summary>Brings messages to the gateway as a program does that speaks by webhook.</summary>
internal sealed class WebhookDoor(Victim gateway) : IDisposable
{
    /// <summary>The account's name.</summary>
    public const string Account = "chaos";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Sends a message; true when it was new to the gateway.</summary>
    /// <exception cref="HttpRequestException">The gateway is not there.</exception>
    /// <exception cref="RefusedException">It refused.</exception>
    public async Task<bool> SendAsync(Message message, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["id"] = message.Key, ["chat"] = message.Place, ["text"] = message.Text });
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{gateway.Port}/webhook/{Account}")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add("X-Chela-Timestamp", now);
        request.Headers.Add("X-Chela-Signature", "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(gateway.Secret), (byte[])[.. Encoding.UTF8.GetBytes(now + "."), .. body])));
        using var answer = await _http.SendAsync(request, ct);
        var said = await answer.Content.ReadAsStringAsync(ct);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => said.Contains("\"accepted\"", StringComparison.Ordinal),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => throw new RefusedException(said, isForNow: true),
            _ => throw new RefusedException(said, isForNow: false),
        };
    }

    public void Dispose() => _http.Dispose();
}
