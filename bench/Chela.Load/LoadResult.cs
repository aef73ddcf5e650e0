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

/// <summary>How fast models answered.</summary>
/// <param name="Answers">Whole answers inside the measured time.</param>
/// <param name="TokensPerSecond">Their tokens per second, over all connections.</param>
/// <param name="FirstP50">Median time from the question to the first words, in microseconds.</param>
/// <param name="FirstP99">The time that 99 of 100 first words stayed within.</param>
/// <param name="WholeP50">Median time from the question to the end of the answer.</param>
/// <param name="WholeP99">The time that 99 of 100 answers stayed within.</param>
public sealed record RunLoadResult(long Answers, double TokensPerSecond, long FirstP50, long FirstP99, long WholeP50, long WholeP99);

/// <summary>How a crowd stands.</summary>
/// <param name="Open">Connections that are logged in now.</param>
/// <param name="Tries">Logins that were tried so far, also those that failed.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="LastFailure">What the latest of them said; null when there was none.</param>
/// <param name="Seconds">How long it took from the first try until everyone was in for the first time; zero before that.</param>
public sealed record CrowdState(int Open, long Tries, long Failures, string? LastFailure, double Seconds);

/// <summary>What a crowd was told while it watched.</summary>
/// <param name="Frames">All frames.</param>
/// <param name="Marked">Those with the mark that was watched for.</param>
/// <param name="LastAtMs">When the last marked frame arrived, Unix milliseconds; zero when none did.</param>
/// <param name="P50Ms">Median time from a marked frame's <c>ts</c> to its arrival, in milliseconds.</param>
/// <param name="P99Ms">The time that 99 of 100 stayed within.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record ArrivalResult(long Frames, long Marked, double LastAtMs, double P50Ms, double P99Ms, double MaxMs);

/// <summary>How connections stand that never read.</summary>
/// <param name="Open">How many could log in.</param>
/// <param name="Ended">How many of them were ended in the middle of a call.</param>
/// <param name="Calls">Calls that they sent.</param>
public sealed record DeafState(int Open, int Ended, long Calls);

/// <summary>What the trial of the resumption saw.</summary>
/// <param name="Events">Events that were taken in, each once.</param>
/// <param name="Cuts">Connections that were cut.</param>
/// <param name="Resumed">Cuts after which the stream went on.</param>
/// <param name="Seconds">How long all of it took.</param>
/// <param name="Faults">Gaps, repeats, events out of order, runs whose words do not add up: must be empty.</param>
public sealed record TrialResult(long Events, int Cuts, int Resumed, double Seconds, IReadOnlyList<string> Faults);

/// <summary>The shapes that leave the process.</summary>
[JsonSerializable(typeof(LoadResult))]
[JsonSerializable(typeof(RunLoadResult))]
[JsonSerializable(typeof(CrowdState))]
[JsonSerializable(typeof(ArrivalResult))]
[JsonSerializable(typeof(DeafState))]
[JsonSerializable(typeof(TrialResult))]
public sealed partial class LoadJson : JsonSerializerContext;
