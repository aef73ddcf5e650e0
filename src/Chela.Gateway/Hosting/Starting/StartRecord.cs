using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.Starting;

/// <summary>
/// The starts that have not become stable, on disk from one process to the next: those that ended before the gateway served, or at once when it did,
/// and not in good order. Whatever is wrong with the record, the gateway starts.
/// </summary>
internal sealed partial class StartRecord(DocumentFile file, TimeProvider time, ILogger<StartRecord> logger) : IDisposable
{
    /// <summary>So many within the <see cref="Window"/>, and the next one leaves out what may have ended them.</summary>
    public const int TooMany = 3;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>A start after which the gateway served so long was a good one; what ends it later, such as a kill, is not its start.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromSeconds(5);

    /// <summary>Larger ones are not ours.</summary>
    private const int MaxBytes = 4096;

    private ITimer? _timer;

    /// <summary>The record of a state directory.</summary>
    public static DocumentFile FileOf(StatePaths paths) => new(paths.StartsFile, new DocumentOptions { Backups = 0, MaxBytes = MaxBytes });

    /// <summary>The starts within the last five minutes that have not become stable, Unix milliseconds.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    /// <exception cref="InvalidDataException">It is too large.</exception>
    /// <exception cref="JsonException">It is none.</exception>
    public static async Task<IReadOnlyList<long>> ReadAsync(DocumentFile file, DateTimeOffset now, CancellationToken ct)
    {
        var starts = await file.ReadAsync(ct) is { } content ? JsonSerializer.Deserialize(content, StartsJson.Default.Starts) : null;
        return [.. (starts?.Unstable ?? []).Where(at => at > (now - Window).ToUnixTimeMilliseconds() && at <= now.ToUnixTimeMilliseconds())];
    }

    /// <summary>Notes that a start has begun, until it is stable or forgotten; gives how many before it within the window did not become stable.</summary>
    public async Task<int> BeginAsync(CancellationToken ct)
    {
        var earlier = await EarlierAsync(ct);
        try
        {
            var starts = new Starts([.. earlier.TakeLast(TooMany), time.GetUtcNow().ToUnixTimeMilliseconds()]);
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(starts, StartsJson.Default.Starts), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, file.Path, e.Message);
        }

        return earlier.Count;
    }

    /// <summary>The gateway serves.</summary>
    public void Serves() => _timer = time.CreateTimer(_ => Forget(), null, Stable, Timeout.InfiniteTimeSpan);

    /// <summary>The start was a good one, or the gateway stops in good order.</summary>
    public void Forget()
    {
        try
        {
            File.Delete(file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, file.Path, e.Message);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private async Task<IReadOnlyList<long>> EarlierAsync(CancellationToken ct)
    {
        try
        {
            return await ReadAsync(file, time.GetUtcNow(), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException)
        {
            Log.NotRead(logger, file.Path, e.Message);
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1850, LogLevel.Warning, "The record of starts {Path} cannot be read, and is begun anew: {Reason}")]
        public static partial void NotRead(ILogger logger, string path, string reason);

        [LoggerMessage(1851, LogLevel.Warning, "The record of starts {Path} cannot be written; starts that fail are not counted: {Reason}")]
        public static partial void NotWritten(ILogger logger, string path, string reason);
    }
}

/// <summary>What the record holds.</summary>
/// <param name="Unstable">When they began, Unix milliseconds; the latest last.</param>
internal sealed record Starts(IReadOnlyList<long> Unstable);

/// <summary>JSON types of the record.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Starts))]
internal sealed partial class StartsJson : JsonSerializerContext;
