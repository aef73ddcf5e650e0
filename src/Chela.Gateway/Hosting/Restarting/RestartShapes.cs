using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>Parameters of <c>gateway.restart.request</c>.</summary>
internal sealed record RestartParams
{
    [MaxLength(200), Description("For the log.")]
    public string? Reason { get; init; }

    [Description("Do not wait for runs that are under way; they get 30 s, as in a stop.")]
    public bool? SkipDeferral { get; init; }

    [Description("The process that is meant; another one refuses.")]
    public RestartTarget? Target { get; init; }

    [Description("Taken for OpenClaw's sake: each restart is one that waits for runs.")]
    public bool? Safe { get; init; }

    [Description("The same.")]
    public JsonElement? RestartIntent { get; init; }
}

/// <summary>A process of the gateway.</summary>
internal sealed record RestartTarget
{
    public int? Pid { get; init; }

    public string? OwnerId { get; init; }

    public int? Port { get; init; }
}

/// <summary>Parameters of <c>gateway.restart.preflight</c>: none.</summary>
internal sealed record RestartPreflightParams;

/// <summary>Parameters of <c>gateway.stop</c>.</summary>
internal sealed record StopParams
{
    [MaxLength(200), Description("For the log.")]
    public string? Reason { get; init; }
}

/// <summary>What stands in the way of a restart.</summary>
/// <param name="Safe">True where nothing does.</param>
internal sealed record RestartOutlook(bool Safe, RestartCounts Counts, IReadOnlyList<RestartBlocker> Blockers, string Summary);

/// <summary>What is under way. Of what the gateway has not, there is none.</summary>
/// <param name="EmbeddedRuns">Messages that run or wait in the lanes of sessions.</param>
internal sealed record RestartCounts(int EmbeddedRuns)
{
    public int QueueSize { get; init; }

    public int PendingReplies { get; init; }

    public int CronRuns { get; init; }

    public int BackgroundExecSessions { get; init; }

    public int RootRequests { get; init; }

    public int ActiveTasks { get; init; }

    public int TotalActive => EmbeddedRuns;
}

/// <summary>One thing that stands in the way.</summary>
internal sealed record RestartBlocker(string Message);

/// <summary>The restart that is coming.</summary>
/// <param name="Status"><c>scheduled</c>; <c>deferred</c> where it waits for runs; <c>coalesced</c> where it was asked for before.</param>
internal sealed record RestartAnswer(bool Ok, string Status)
{
    public RestartOutlook? Preflight { get; init; }

    public ScheduledRestart? Restart { get; init; }

    /// <summary>Of the process, where one was named.</summary>
    public int? Pid { get; init; }
}

/// <summary>When it comes.</summary>
/// <param name="DelayMs">From now, without the wait for runs.</param>
internal sealed record ScheduledRestart(bool Scheduled, bool Coalesced, long DelayMs)
{
    public static ScheduledRestart Of(RestartPlan plan) => new(true, plan.IsCoalesced, (long)plan.Delay.TotalMilliseconds);
}

/// <summary>The gateway stops.</summary>
internal sealed record StopAnswer(bool Ok, int Pid);

/// <summary>JSON types of restarts.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RestartParams))]
[JsonSerializable(typeof(RestartAnswer))]
[JsonSerializable(typeof(RestartPreflightParams))]
[JsonSerializable(typeof(RestartOutlook))]
[JsonSerializable(typeof(StopParams))]
[JsonSerializable(typeof(StopAnswer))]
internal sealed partial class RestartJson : JsonSerializerContext;
