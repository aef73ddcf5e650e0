using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels;

/// <summary>Parameters of <c>channels.status</c>.</summary>
internal sealed record ChannelsStatusParams
{
    [Description("Whether each account is asked of its platform whether it works.")]
    public bool? Probe { get; init; }

    [Description("How long that may take for each account, in milliseconds; 10000 without it, and never more than 30000."), Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }

    [Description("Only this channel."), MinLength(1)]
    public string? Channel { get; init; }
}

/// <summary>Result of <c>channels.status</c> (03-methods § 5.6).</summary>
internal sealed record ChannelsStatusResult(
    long Ts,
    IReadOnlyList<string> ChannelOrder,
    IReadOnlyDictionary<string, string> ChannelLabels,
    IReadOnlyDictionary<string, string> ChannelDetailLabels,
    IReadOnlyDictionary<string, string> ChannelSystemImages,
    IReadOnlyList<ChannelMeta> ChannelMeta,
    IReadOnlyDictionary<string, ChannelSummary> Channels,
    IReadOnlyDictionary<string, IReadOnlyList<ChannelAccount>> ChannelAccounts,
    IReadOnlyDictionary<string, string> ChannelDefaultAccountId,
    IReadOnlyList<ChannelIssue> StatusIssues);

/// <summary>A channel as people know it.</summary>
internal sealed record ChannelMeta(string Id, string Label, string DetailLabel);

/// <summary>Whether a channel is set up, and whether an account of it runs.</summary>
internal sealed record ChannelSummary(bool Configured, bool Running);

/// <summary>What is wrong with an account.</summary>
/// <param name="Kind"><c>auth</c> where the platform refuses it, else <c>runtime</c>.</param>
internal sealed record ChannelIssue(string Channel, string AccountId, string Kind, string Message, string? Fix);

/// <summary>An account of a channel (08-channels § 1). Times are Unix milliseconds.</summary>
internal sealed record ChannelAccount(string AccountId, bool Enabled, bool Configured, bool Running)
{
    public bool? Connected { get; init; }

    public int? ReconnectAttempts { get; init; }

    public long? LastConnectedAt { get; init; }

    public string? LastError { get; init; }

    public string? HealthState { get; init; }

    public long? LastStartAt { get; init; }

    public long? LastStopAt { get; init; }

    public long? LastInboundAt { get; init; }

    public long? LastOutboundAt { get; init; }

    public long? LastTransportActivityAt { get; init; }

    public string? DmPolicy { get; init; }

    public IReadOnlyList<string>? AllowFrom { get; init; }

    public string? WebhookPath { get; init; }

    public ChannelProbe? Probe { get; init; }

    public long? LastProbeAt { get; init; }
}

/// <summary>What an account's platform said of it.</summary>
internal sealed record ChannelProbe(bool Ok, long ElapsedMs)
{
    /// <summary>Who the account is there.</summary>
    public string? Bot { get; init; }

    public string? Error { get; init; }

    public bool? TimedOut { get; init; }
}

/// <summary>Parameters of <c>channels.start</c>, <c>channels.stop</c> and <c>channels.restart</c>.</summary>
internal sealed record ChannelParams
{
    [MinLength(1), MaxLength(64)]
    public required string Channel { get; init; }

    [Description("The account; default without it."), MinLength(1), MaxLength(64)]
    public string? AccountId { get; init; }
}

/// <summary>Result of <c>channels.start</c> and <c>channels.restart</c>.</summary>
/// <param name="Outcome"><c>started</c>, or <c>already-running</c>.</param>
internal sealed record ChannelStarted(string Channel, string AccountId, bool Started, string Outcome);

/// <summary>Result of <c>channels.stop</c>.</summary>
internal sealed record ChannelStopped(string Channel, string AccountId, bool Stopped);

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelsStatusParams))]
[JsonSerializable(typeof(ChannelsStatusResult))]
[JsonSerializable(typeof(ChannelParams))]
[JsonSerializable(typeof(ChannelStarted))]
[JsonSerializable(typeof(ChannelStopped))]
[JsonSerializable(typeof(OutboxListParams))]
[JsonSerializable(typeof(OutboxListResult))]
[JsonSerializable(typeof(OutboxItemParams))]
[JsonSerializable(typeof(OutboxItemResult))]
internal sealed partial class ChannelsJson : JsonSerializerContext;
