using System.Text.Json;

namespace Chela.Gateway.Agents.Providers;

/// <summary>What an error body says, reduced to what the table needs. Its text never reaches a user.</summary>
/// <param name="Words">Code, type and message in lower case.</param>
/// <param name="Status">A number given as code, which some servers use to report a status inside a stream.</param>
internal sealed record ProviderErrorBody(string Words, int? Status)
{
    public static ProviderErrorBody Empty { get; } = new("", null);

    /// <summary>
    /// Reads <c>{"error":{"code","type","message"}}</c> and its relatives: <c>{"error":"text"}</c> (Ollama), the same fields
    /// without the envelope (vLLM), <c>{"detail":"text"}</c> (FastAPI), any of them in an array (Google), and an error inside
    /// <c>{"response":{}}</c> (OpenAI's Responses). Whatever is not JSON, such as the HTML page of a proxy, says nothing.
    /// </summary>
    public static ProviderErrorBody Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The second kind is text with half a surrogate pair.
            return Empty;
        }
    }

    private static ProviderErrorBody Read(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Array && body.GetArrayLength() > 0)
        {
            body = body[0];
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object)
        {
            body = response;
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var inner)
            && inner.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            body = inner;
        }

        return body.ValueKind switch
        {
            JsonValueKind.String => new ProviderErrorBody(Lower(body), null),
            JsonValueKind.Object => new ProviderErrorBody(
                string.Join('\n', Text(body, "code"), Text(body, "type"), Text(body, "message"), Text(body, "detail")),
                Number(body, "code") ?? Number(body, "status")),
            _ => Empty,
        };
    }

    private static string Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Lower(value) : "";

    private static int? Number(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number) && number is >= 400 and < 600
            ? number
            : null;

    private static string Lower(JsonElement text) => text.GetString()?.ToLowerInvariant() ?? "";
}
