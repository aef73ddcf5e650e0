using Chela.Gateway.Agents.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Memory;

/// <summary>The passages nearest in meaning to a question.</summary>
/// <param name="Passages">The nearest first.</param>
/// <param name="Left">How many passages could not be compared as yet.</param>
internal sealed record NearPassages(IReadOnlyList<MemoryPassage> Passages, int Left);

/// <summary>The model that makes vectors of what an agent remembers.</summary>
internal delegate IEmbeddingGenerator<string, Embedding<float>> EmbedderOf(ModelRef model, string agentId);

/// <summary>
/// Compares passages with a question by the vectors that a model makes of them. Those that there are not yet are made beside the search, which waits for
/// them a moment only. A provider that fails is left alone for a while.
/// </summary>
internal sealed partial class PassageVectors(
    EmbedderOf embedderOf, VectorMaking making, string directory, TimeProvider time, ILogger<PassageVectors> logger) : IDisposable
{
    /// <summary>How long a provider that failed is left alone.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>How long a search waits for vectors that are missing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int MostPassages = 4_000;

    /// <summary>How long the question's vector may take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Files are read one at a time: a large one takes memory.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    private volatile Failure? _failure;

    /// <summary>The passages that are nearest to a question.</summary>
    /// <exception cref="ProviderException">The model's provider fails, or did so a moment ago.</exception>
    public async Task<NearPassages> FindAsync(
        ModelRef model, string agentId, IReadOnlyList<MemoryPassage> passages, string question, int max, CancellationToken ct)
    {
        if (_failure is { } failure && failure.Model == model && time.GetElapsedTime(failure.Since) < Pause)
        {
            throw new ProviderException(failure.Error);
        }

        try
        {
            var embedder = embedderOf(model, agentId);
            var wanted = (await TextVectors.MakeAsync(embedder, [question], null, Longest, time, ct))[0];
            var place = new VectorPlace(FileOf(agentId), model, wanted.Length);
            var texts = Texts(passages, wanted.Length);
            var (near, isCurrent) = await CompareAsync(place, passages, texts, wanted, max, ct);
            return isCurrent || !await IsMadeAsync(making.Begin(agentId, place, embedder, texts), ct)
                ? near
                : (await CompareAsync(place, passages, texts, wanted, max, ct)).Near;
        }
        catch (ProviderException refused)
        {
            Log.Failed(logger, model, refused.Message);
            _failure = new Failure(model, refused.Error, time.GetTimestamp());
            throw;
        }
    }

    /// <summary>Deletes what was made for an agent that is gone.</summary>
    public void Forget(string agentId)
    {
        try
        {
            File.Delete(FileOf(agentId));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever made.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotForgotten(logger, agentId, e.Message);
        }
    }

    public void Dispose() => _turn.Dispose();

    private string FileOf(string agentId) => Path.Combine(directory, agentId + ".vectors");

    /// <summary>The texts that are compared, within bounds.</summary>
    private static Dictionary<UInt128, string> Texts(IEnumerable<MemoryPassage> passages, int numbers) => passages
        .Where(passage => passage.Text.Length > 0)
        .Take(Math.Min(MostPassages, VectorFile.Room(numbers)))
        .GroupBy(passage => VectorFile.KeyOf(passage.Text), passage => passage.Text)
        .ToDictionary(texts => texts.Key, texts => texts.First());

    /// <summary>The nearest of those of which there are vectors, and whether these are the vectors of just the texts that there are.</summary>
    private async Task<(NearPassages Near, bool IsCurrent)> CompareAsync(
        VectorPlace place, IReadOnlyList<MemoryPassage> passages, Dictionary<UInt128, string> texts, float[] wanted, int max, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var vectors = await place.ReadAsync(ct);
            var known = passages.Select(passage => (Passage: passage, Vector: vectors.GetValueOrDefault(VectorFile.KeyOf(passage.Text)))).ToLookup(one => one.Vector is not null);
            var near = known[true].OrderByDescending(one => TextVectors.Nearness(one.Vector!, wanted)).Take(max).Select(one => one.Passage);
            return (
                new NearPassages([.. near], known[false].Count(one => one.Passage.Text.Length > 0)),
                vectors.Count == texts.Count && vectors.Keys.All(texts.ContainsKey));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> IsMadeAsync(Task making, CancellationToken ct)
    {
        try
        {
            await making.WaitAsync(Patience, time, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private sealed record Failure(ModelRef Model, ProviderError Error, long Since);

    private static partial class Log
    {
        [LoggerMessage(1460, LogLevel.Warning, "Memory is searched by words alone for a minute, for {Model} made no vector of a question: {Reason}")]
        public static partial void Failed(ILogger logger, ModelRef model, string reason);

        [LoggerMessage(1461, LogLevel.Warning, "Vectors of what agent {Agent} remembered could not be deleted: {Reason}")]
        public static partial void NotForgotten(ILogger logger, string agent, string reason);
    }
}
