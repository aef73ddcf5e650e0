using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Memory;

/// <summary>
/// Has the vectors made that an agent's file lacks, beside everything else and for one agent after the other. What was made is kept every now and then, so that
/// no end of the process costs much. After a failure an agent's are left alone for a while.
/// </summary>
internal sealed partial class VectorMaking(TimeProvider time, ILogger<VectorMaking> logger) : IAsyncDisposable
{
    private const int BatchTexts = 32;

    /// <summary>So many are made between two writes of the file.</summary>
    private const int KeptTogether = 256;

    /// <summary>As much of a text as its model certainly takes.</summary>
    private const int Beginning = 1_000;

    /// <summary>How long one request may take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Work> _works = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins, where that is not being done yet; the task ends when it is over, however it went.</summary>
    public Task Begin(string agentId, VectorPlace place, IEmbeddingGenerator<string, Embedding<float>> embedder, IReadOnlyDictionary<UInt128, string> texts)
    {
        lock (_gate)
        {
            if (_works.TryGetValue(agentId, out var work) && (!work.Task.IsCompleted || IsLeftAlone(work, place.Model)))
            {
                return work.Task;
            }

            work = new Work(place.Model);
            work.Task = Background.Run(() => WorkAsync(work, place, embedder, texts));
            _works[agentId] = work;
            return work.Task;
        }
    }

    /// <summary>Stops: what was made last is made again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] running;
        lock (_gate)
        {
            running = [.. _works.Values.Select(work => work.Task)];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsLeftAlone(Work work, ModelRef model) =>
        work.FailedAt is { } failed && work.Model == model && time.GetElapsedTime(failed) < PassageVectors.Pause;

    private async Task WorkAsync(Work work, VectorPlace place, IEmbeddingGenerator<string, Embedding<float>> embedder, IReadOnlyDictionary<UInt128, string> texts)
    {
        try
        {
            await _turn.WaitAsync(_stopping.Token);
            try
            {
                await MakeAsync(place, embedder, texts);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (Exception e) when (e is ProviderException or IOException or UnauthorizedAccessException)
        {
            work.FailedAt = time.GetTimestamp();
            Log.Failed(logger, place.Model, e.Message);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The gateway ends.
        }
    }

    private async Task MakeAsync(VectorPlace place, IEmbeddingGenerator<string, Embedding<float>> embedder, IReadOnlyDictionary<UInt128, string> texts)
    {
        var kept = await place.ReadAsync(_stopping.Token);
        var vectors = kept.Where(vector => texts.ContainsKey(vector.Key)).ToDictionary();
        var missing = texts.Where(text => !kept.ContainsKey(text.Key)).ToList();
        if (missing.Count == 0 && vectors.Count < kept.Count)
        {
            await place.WriteAsync(vectors, _stopping.Token);
        }

        foreach (var part in missing.Chunk(KeptTogether))
        {
            var before = vectors.Count;
            try
            {
                foreach (var batch in part.Chunk(BatchTexts))
                {
                    await AddAsync(embedder, batch, vectors, place.Numbers);
                }
            }
            finally
            {
                if (vectors.Count > before)
                {
                    await place.WriteAsync(vectors, CancellationToken.None);
                }
            }
        }
    }

    private async Task AddAsync(
        IEmbeddingGenerator<string, Embedding<float>> embedder, KeyValuePair<UInt128, string>[] batch, Dictionary<UInt128, float[]> vectors, int numbers)
    {
        try
        {
            await AddAsync(batch.Select(text => text.Value));
        }
        catch (ProviderException refused) when (refused.Error.Kind is ProviderErrorKind.ContextTooLong or ProviderErrorKind.InvalidRequest)
        {
            // One of them is too long for the model, and it does not say which.
            await AddAsync(batch.Select(text => text.Value.Length > Beginning ? text.Value[..Beginning] : text.Value));
        }

        async Task AddAsync(IEnumerable<string> texts)
        {
            var made = await TextVectors.MakeAsync(embedder, [.. texts], numbers, Longest, time, _stopping.Token);
            foreach (var (text, vector) in batch.Zip(made))
            {
                vectors[text.Key] = vector;
            }
        }
    }

    private sealed class Work(ModelRef model)
    {
        public ModelRef Model => model;

        public Task Task { get; set; } = Task.CompletedTask;

        /// <summary>When it failed; null while it runs, and where it did not.</summary>
        public long? FailedAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1462, LogLevel.Warning, "What an agent remembers is found by words alone as far as {Model} has made no vectors of it yet: {Reason}")]
        public static partial void Failed(ILogger logger, ModelRef model, string reason);
    }
}
