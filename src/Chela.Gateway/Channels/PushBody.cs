using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MinDataRate = Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate;

namespace Chela.Gateway.Channels;

/// <summary>Reads what a platform posts, and refuses it where it is too long or no JSON.</summary>
internal static class PushBody
{
    /// <summary>The longest body, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How fast a body has to come: whoever lets it drip holds the place of another, and nobody knows yet who that is.</summary>
    private static readonly MinDataRate Pace = new(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(5));

    /// <summary>False when the request was answered because it says that it is something else.</summary>
    public static bool IsJson(HttpContext context)
    {
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            && MediaTypeNames.Application.Json.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        Refuse(context, StatusCodes.Status415UnsupportedMediaType);
        return false;
    }

    /// <summary>The body; null when the request was answered instead.</summary>
    public static async Task<JsonElement?> ReadJsonAsync(HttpContext context)
    {
        if (!IsJson(context))
        {
            return null;
        }

        try
        {
            if (await ReadAsync(context) is { } body)
            {
                using var document = JsonDocument.Parse(body);
                return document.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            Refuse(context, StatusCodes.Status400BadRequest);
        }

        return null;
    }

    /// <summary>The body as it came, for whoever has to check its signature first; null when the request was answered instead.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        try
        {
            if (await ReadAtMostAsync(context.Request, MaxBytes) is { } body)
            {
                return body;
            }

            Refuse(context, StatusCodes.Status413PayloadTooLarge);
            return null;
        }
        catch (BadHttpRequestException e)
        {
            Refuse(context, e.StatusCode); // too slow, or cut off
            return null;
        }
    }

    /// <summary>The body of a request; null where it is longer.</summary>
    /// <exception cref="BadHttpRequestException">It comes too slowly, or is cut off.</exception>
    public static async Task<byte[]?> ReadAtMostAsync(HttpRequest request, int most)
    {
        if (request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = Pace;
        }

        using var body = new MemoryStream();
        var part = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(part, request.HttpContext.RequestAborted)) > 0)
        {
            if (body.Length + read > most)
            {
                return null;
            }

            body.Write(part, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>Answers with a status alone.</summary>
    public static void Refuse(HttpContext context, int status, int? retryAfterMs = null)
    {
        context.Response.StatusCode = status;
        if (retryAfterMs is { } wait)
        {
            context.Response.Headers.RetryAfter = ((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }
    }
}
