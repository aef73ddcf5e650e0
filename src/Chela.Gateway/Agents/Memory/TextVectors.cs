using Chela.Gateway.Agents.Providers;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Memory;

/// <summary>Texts as a model sees their meaning: vectors of the length 1, of which those of like texts point the same way.</summary>
internal static class TextVectors
{
    /// <summary>Asks for the vectors of texts.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="numbers">How many numbers each must have; null where that is not known yet.</param>
    /// <param name="longest">How long it may take.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ProviderException">The provider fails, or makes what cannot be compared.</exception>
    public static async Task<IReadOnlyList<float[]>> MakeAsync(
        IEmbeddingGenerator<string, Embedding<float>> embedder, IReadOnlyList<string> texts, int? numbers, TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var made = await embedder.GenerateAsync(texts, cancellationToken: either.Token);
            var vectors = made.Select(vector => Normal(vector.Vector.ToArray())).ToList();
            var length = numbers ?? vectors[0].Length;
            return length <= VectorFile.MostNumbers && vectors.TrueForAll(vector => vector.Length == length)
                ? vectors
                : throw Problem(ProviderErrorKind.Malformed, $"The model makes vectors of more than {VectorFile.MostNumbers} numbers, or of different lengths.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Problem(ProviderErrorKind.Timeout, $"The model provider did not answer within {longest.TotalSeconds:0} s.");
        }
    }

    /// <summary>How near the meanings of two are: 1 for the same, 0 for texts that have nothing to do with each other.</summary>
    public static double Nearness(float[] one, float[] other)
    {
        var sum = 0.0;
        for (var place = 0; place < one.Length; place++)
        {
            sum += one[place] * other[place];
        }

        return sum;
    }

    private static float[] Normal(float[] vector)
    {
        var length = Math.Sqrt(vector.Sum(number => (double)number * number));
        return length > 0 ? Array.ConvertAll(vector, number => (float)(number / length)) : vector;
    }

    private static ProviderException Problem(ProviderErrorKind kind, string message) => new(new ProviderError(kind, message));
}
