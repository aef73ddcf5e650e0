using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Roster;

/// <summary>Parameters of <c>agents.create</c>.</summary>
internal sealed record AgentsCreateParams
{
    [MinLength(1), MaxLength(100), Description("What people call it; its id is made of the letters and digits in it.")]
    public required string Name { get; init; }

    [MinLength(1), MaxLength(4096), Description("Its folder, an absolute path; without it one in the state directory.")]
    public string? Workspace { get; init; }

    [MinLength(1), MaxLength(256), Description("The model that answers.")]
    public string? Model { get; init; }

    [MaxLength(32), Description("The sign under which it is shown.")]
    public string? Emoji { get; init; }

    [MaxLength(4096), Description("The picture under which it is shown.")]
    public string? Avatar { get; init; }
}

/// <summary>Result of <c>agents.create</c>.</summary>
internal sealed record AgentsCreateResult(bool Ok, string AgentId, string Name, string Workspace)
{
    public string? Model { get; init; }
}

/// <summary>Parameters of <c>agents.update</c>; what is absent stays.</summary>
internal sealed record AgentsUpdateParams
{
    [MinLength(1)]
    public required string AgentId { get; init; }

    [MinLength(1), MaxLength(100)]
    public string? Name { get; init; }

    [MinLength(1), MaxLength(4096)]
    public string? Workspace { get; init; }

    [Description("The model that answers; null for that of all agents.")]
    public JsonElement Model { get; init; }

    [MinLength(1), Description("Not taken: agents here have one runtime.")]
    public string? AgentRuntime { get; init; }

    [MaxLength(32)]
    public string? Emoji { get; init; }

    [MaxLength(4096)]
    public string? Avatar { get; init; }
}

/// <summary>Result of <c>agents.update</c>.</summary>
internal sealed record AgentsUpdateResult(bool Ok, string AgentId);

/// <summary>Parameters of <c>agents.delete</c>.</summary>
internal sealed record AgentsDeleteParams
{
    [MinLength(1)]
    public required string AgentId { get; init; }

    [Description("Whether its sessions and its folder go too; true without it.")]
    public bool? DeleteFiles { get; init; }
}

/// <summary>Result of <c>agents.delete</c>.</summary>
internal sealed record AgentsDeleteResult(bool Ok, string AgentId, int RemovedBindings)
{
    public IReadOnlyList<RemovedPath>? Removed { get; init; }

    public IReadOnlyList<FailedPath>? Failed { get; init; }

    /// <summary>True when sessions are left, because the disk refused; else absent.</summary>
    public bool? PurgeFailed { get; init; }
}

/// <summary>What became of a folder: <c>trash</c>, or <c>missing</c> where there was none.</summary>
internal sealed record RemovedPath(string Path, string Method);

/// <summary>A folder that is still there, and why.</summary>
internal sealed record FailedPath(string Path, string Reason);

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentsCreateParams))]
[JsonSerializable(typeof(AgentsCreateResult))]
[JsonSerializable(typeof(AgentsUpdateParams))]
[JsonSerializable(typeof(AgentsUpdateResult))]
[JsonSerializable(typeof(AgentsDeleteParams))]
[JsonSerializable(typeof(AgentsDeleteResult))]
internal sealed partial class RosterJson : JsonSerializerContext;
