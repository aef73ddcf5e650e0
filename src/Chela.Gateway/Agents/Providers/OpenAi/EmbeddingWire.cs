using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>A request for the vectors of texts.</summary>
internal sealed record EmbeddingRequest(string Model, IReadOnlyList<string> Input, string EncodingFormat = "float");

/// <summary>The answer. Servers leave out almost anything, so everything may be absent.</summary>
internal sealed record EmbeddingReply(IReadOnlyList<EmbeddingRow?>? Data = null)
{
    /// <summary>The vectors in the order of the texts; null where the answer is not one vector for each.</summary>
    public static float[][]? Read(ReadOnlyMemory<byte> json, int texts)
    {
        try
        {
            var rows = JsonSerializer.Deserialize(json.Span, EmbeddingJson.Default.EmbeddingReply)?.Data ?? [];
            var vectors = new float[]?[texts];
            foreach (var (place, row) in rows.Index())
            {
                if (row?.Embedding is { Length: > 0 } vector && (row.Index ?? place) is var index && index >= 0 && index < texts)
                {
                    vectors[index] = Array.TrueForAll(vector, float.IsFinite) ? vector : null;
                }
            }

            var whole = vectors.OfType<float[]>().ToArray();
            return whole.Length == texts ? whole : null;
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
