using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>health</c>; further members are ignored, as OpenClaw does.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record HealthParams
{
    public bool? Probe { get; init; }
}

/// <summary>How the gateway is (10-security-health-ops § 2). A caller that has not logged in sees the first members only.</summary>
internal sealed record Health(bool Ok, long Ts, int DurationMs)
{
    /// <summary>Of this program; not in the <c>health</c> of a hello or an event, which have no such member.</summary>
    public string? Version { get; init; }

    /// <summary>Since the start; as with the version.</summary>
    public long? UptimeMs { get; init; }

    /// <summary>How well the gateway is: <c>ok</c>, <c>degraded</c> or <c>down</c>. Not in a hello.</summary>
    public string? State { get; init; }

    /// <summary>Its parts by name. Not in a hello.</summary>
    public IReadOnlyDictionary<string, PartHealth>? Parts { get; init; }

    /// <summary>The devices that offer something to agents; as with the version.</summary>
    public NodesHealth? Nodes { get; init; }

    /// <summary>The plugins; left out where none was asked for.</summary>
    public PluginsHealth? Plugins { get; init; }

    /// <summary>Answers that could not be delivered; as with the version.</summary>
    public QueuesHealth? DeliveryQueues { get; init; }

    public IReadOnlyDictionary<string, ChannelHealth>? Channels { get; init; }

    public IReadOnlyList<string>? ChannelOrder { get; init; }

    public IReadOnlyDictionary<string, string>? ChannelLabels { get; init; }

    public int? HeartbeatSeconds { get; init; }

    public string? DefaultAgentId { get; init; }

    public IReadOnlyList<AgentHealth>? Agents { get; init; }

    public SessionsHealth? Sessions { get; init; }
}

/// <summary>How well a part of the gateway is.</summary>
/// <param name="State">As that of the gateway.</param>
/// <param name="Since">Since when, Unix milliseconds.</param>
internal sealed record PartHealth(string State, long Since)
{
    /// <summary>Why it is not well.</summary>
    public string? Reason { get; init; }
}

/// <summary>How many nodes were let in, and how many of them are here.</summary>
internal sealed record NodesHealth(int Known, int Connected);

/// <summary>What was given up of what was to be delivered; left out where nothing was.</summary>
internal sealed record QueuesHealth(IReadOnlyList<FailedQueue> Failed);

/// <summary>How much was given up in a queue, and when the oldest of it, Unix milliseconds.</summary>
internal sealed record FailedQueue(string QueueName, int Count)
{
    public long? OldestFailedAt { get; init; }
}

/// <summary>The plugins that are loaded, and those that were asked for and are disabled.</summary>
internal sealed record PluginsHealth(IReadOnlyList<string> Loaded, IReadOnlyList<PluginError> Errors);

/// <summary>Why a plugin is disabled.</summary>
internal sealed record PluginError(string Id, string Error)
{
    /// <summary>Where it came from: the folder of all agents.</summary>
    public string Origin { get; init; } = "global";

    /// <summary>That it was to be used.</summary>
    public bool Activated { get; init; } = true;
}

/// <summary>How the accounts of a channel are, by name.</summary>
internal sealed record ChannelHealth(bool Configured, IReadOnlyDictionary<string, AccountHealth> Accounts);

/// <summary>How an account of a channel is.</summary>
/// <param name="HealthState">The word for it (08-channels § 5).</param>
internal sealed record AccountHealth(bool Configured, bool Running, bool Connected, string HealthState)
{
    public string? LastError { get; init; }
}

/// <summary>How an agent is.</summary>
internal sealed record AgentHealth(string AgentId, bool IsDefault, HeartbeatHealth Heartbeat, SessionsHealth Sessions);

/// <summary>The agent's heartbeat; there is none yet, and it says so.</summary>
internal sealed record HeartbeatHealth(bool Enabled, string Every, string Prompt, string Target, int AckMaxChars)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? EveryMs { get; init; }
}

/// <summary>The sessions in short.</summary>
internal sealed record SessionsHealth(string Path, int Count, IReadOnlyList<RecentSession> Recent);

/// <summary>A session with its last change and how long ago that was; milliseconds.</summary>
internal sealed record RecentSession(string Key, long UpdatedAt, long Age);

/// <summary>Parameters of <c>status</c>: none of them changes the answer.</summary>
internal sealed record StatusParams
{
    public bool? IncludeChannelSummary { get; init; }
}

/// <summary>A summary for people (03-methods § 5.2).</summary>
internal sealed record Status(
    string RuntimeVersion,
    long UptimeMs,
    int Connections,
    int ActiveTurns,
    StatusHeartbeat Heartbeat,
    IReadOnlyList<string> ChannelSummary,
    IReadOnlyList<string> QueuedSystemEvents,
    StatusSessions Sessions);

/// <summary>Heartbeats of the agents.</summary>
internal sealed record StatusHeartbeat(string DefaultAgentId, IReadOnlyList<StatusHeartbeatAgent> Agents);

/// <summary>Heartbeat of one agent.</summary>
internal sealed record StatusHeartbeatAgent(string AgentId, bool Enabled, string Every, bool WaitingForRoute)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? EveryMs { get; init; }
}

/// <summary>The sessions in the summary; paths only for administrators.</summary>
internal sealed record StatusSessions(IReadOnlyList<string> Paths, int Count, StatusDefaults Defaults, IReadOnlyList<StatusSession> Recent)
{
    public IReadOnlyList<StatusAgent> ByAgent { get; init; } = [];
}

/// <summary>What a session uses that has no setting of its own.</summary>
internal sealed record StatusDefaults(string Model)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? ContextTokens { get; init; }
}

/// <summary>The sessions of one agent.</summary>
internal sealed record StatusAgent(string AgentId, string? Path, int Count, IReadOnlyList<StatusSession> Recent);

/// <summary>A session in the summary.</summary>
internal sealed record StatusSession(string AgentId, string Key, string Kind, string SessionId, long UpdatedAt, long Age)
{
    public bool AbortedLastRun { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long TotalTokens { get; init; }

    public string? Model { get; init; }

    public IReadOnlyList<string> Flags { get; init; } = [];
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthParams))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(StatusParams))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(LastHeartbeatParams))]
[JsonSerializable(typeof(ConfigGetParams))]
[JsonSerializable(typeof(ConfigStatusParams))]
[JsonSerializable(typeof(ConfigStatus))]
[JsonSerializable(typeof(ConfigOverrideSetParams))]
[JsonSerializable(typeof(ConfigOverrideClearParams))]
[JsonSerializable(typeof(ConfigOverridden))]
[JsonSerializable(typeof(ConfigSetParams))]
[JsonSerializable(typeof(ConfigApplyParams))]
[JsonSerializable(typeof(ConfigPatchParams))]
[JsonSerializable(typeof(ConfigWritten))]
[JsonSerializable(typeof(ConfigValidateParams))]
[JsonSerializable(typeof(ConfigVerdict))]
[JsonSerializable(typeof(ConfigView))]
[JsonSerializable(typeof(ConfigSchemaParams))]
[JsonSerializable(typeof(ConfigSchemaView))]
[JsonSerializable(typeof(ConfigSchemaLookupParams))]
[JsonSerializable(typeof(ConfigSchemaPart))]
internal sealed partial class HostingJson : JsonSerializerContext;
