using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Agents.Tools.Messages;

namespace Chela.Gateway.Agents.Spawning;

/// <summary>Arguments of <c>session.spawn</c>.</summary>
internal sealed record SessionSpawnArguments(
    [property: Description("What is to be done, with all that must be known: your conversation is not seen."), StringLength(SendLimits.LongestText, MinimumLength = 1)] string Task)
{
    [Description("The agent that does it; left out, your own."), StringLength(64, MinimumLength = 1)]
    public string? AgentId { get; init; }

    [Description("A short name by which you know it again."), StringLength(100, MinimumLength = 1)]
    public string? Label { get; init; }

    [Description("The model, as provider/model or an alias; left out, that of the agent."), StringLength(256, MinimumLength = 1)]
    public string? Model { get; init; }

    [Description("How long it may take, in seconds."), Range(1, 86_400)]
    public int? TimeoutSeconds { get; init; }
}

/// <summary>Arguments of <c>session.children</c>.</summary>
internal sealed record SessionChildrenArguments;

/// <summary>Arguments of <c>session.steer</c>.</summary>
internal sealed record SessionSteerArguments(
    [property: Description("The key of the sub-agent's session."), StringLength(512, MinimumLength = 1)] string Session,
    [property: Description("What it is told."), StringLength(SendLimits.LongestText, MinimumLength = 1)] string Text);

/// <summary>Arguments of <c>session.stop</c>.</summary>
internal sealed record SessionStopArguments([property: Description("The key of the sub-agent's session."), StringLength(512, MinimumLength = 1)] string Session);

/// <summary>JSON types of the tools for sub-agents. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionSpawnArguments))]
[JsonSerializable(typeof(SessionChildrenArguments))]
[JsonSerializable(typeof(SessionSteerArguments))]
[JsonSerializable(typeof(SessionStopArguments))]
internal sealed partial class SpawnJson : JsonSerializerContext;
