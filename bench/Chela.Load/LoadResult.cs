using System.Text.Json.Serialization;

namespace Chela.Load;

/// <summary>What a run measured; printed as JSON.</summary>
/// <param name="Requests">Calls answered inside the measured time.</param>
/// <param name="Errors">Calls among all (warm-up too) that were answered with an error.</param>
/// <param name="PerSecond">Answered calls per second, over all connections.</param>
/// <param name="P50">Median latency in microseconds.</param>
/// <param name="P99">Latency in microseconds that 99 of 100 calls stayed within.</param>
/// <param name="Max">Longest latency in microseconds.</param>
public sealed record LoadResult(long Requests, long Errors, double PerSecond, long P50, long P99, long Max);

/// <summary>The shapes that leave the process.</summary>
[JsonSerializable(typeof(LoadResult))]
public sealed partial class LoadJson : JsonSerializerContext;
