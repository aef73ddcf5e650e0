using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>One model of an OpenAI-compatible server that makes vectors of texts. It fails with <see cref="ProviderException"/>, or as its caller's cancellation.</summary>
internal sealed class OpenAiEmbeddings(OpenAiConnection connection, string model) : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The longest answer that is read.</summary>
    private const int LongestAnswer = 32 * 1024 * 1024;

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<string> texts = [.. values];
        var request = JsonSerializer.SerializeToUtf8Bytes(new EmbeddingRequest(model, texts), EmbeddingJson.Default.EmbeddingRequest);
        using var response = await connection.SendAsync("embeddings", request, cancellationToken);
        var body = await connection.GuardAsync(
            () => OpenAiConnection.ReadAsync(response, LongestAnswer, cancellationToken), cancellationToken);
        var (vectors, tokens) = EmbeddingReply.Read(body, texts.Count) ?? throw connection.Errors.Failed(ProviderErrorKind.Malformed);
        return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector => new Embedding<float>(vector) { ModelId = model }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The connection belongs to the provider and outlives this view of it.
    }
}
