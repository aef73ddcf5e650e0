using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>A request for the vectors of texts.</summary>
internal sealed record EmbeddingRequest(string Model, IReadOnlyList<string> Input, string EncodingFormat = "float");

/// <summary>The answer. Servers leave out almost anything, so everything may be absent.</summary>
internal sealed record EmbeddingReply(IReadOnlyList<EmbeddingRow?>? Data = null, JsonElement Usage = default)
{
    private long Tokens =>
        Usage.ValueKind == JsonValueKind.Object && Usage.TryGetProperty("prompt_tokens", out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var tokens)
            ? Math.Max(0, tokens)
            : 0;

    /// <summary>The vectors in the order of the texts, and how many tokens were read; null where the answer is not one vector for each.</summary>
    public static (float[][] Vectors, long Tokens)? Read(ReadOnlyMemory<byte> json, int texts)
    {
        try
        {
            var reply = JsonSerializer.Deserialize(json.Span, EmbeddingJson.Default.EmbeddingReply);
            var vectors = new float[]?[texts];
            foreach (var (place, row) in (reply?.Data ?? []).Index())
            {
                if (row?.Embedding is { Length: > 0 } vector && (row.Index ?? place) is var index && index >= 0 && index < texts)
                {
                    vectors[index] = Array.TrueForAll(vector, float.IsFinite) ? vector : null;
                }
            }

            var whole = vectors.OfType<float[]>().ToArray();
            return whole.Length == texts ? (whole, reply!.Tokens) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The vector of one text.</summary>
internal sealed record EmbeddingRow(int? Index = null, float[]? Embedding = null);

/// <summary>Serialization of embeddings.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EmbeddingRequest))]
[JsonSerializable(typeof(EmbeddingReply))]
internal sealed partial class EmbeddingJson : JsonSerializerContext;
