using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Briefing;

/// <summary>Parameters of <c>agents.files.list</c>.</summary>
internal sealed record AgentsFilesListParams([property: MinLength(1)] string AgentId);

/// <summary>Parameters of <c>agents.files.get</c>.</summary>
internal sealed record AgentsFilesGetParams([property: MinLength(1)] string AgentId, [property: Description("One of the names that agents.files.list has."), MinLength(1)] string Name);

/// <summary>Parameters of <c>agents.files.set</c>.</summary>
internal sealed record AgentsFilesSetParams(
    [property: MinLength(1)] string AgentId, [property: Description("One of the names that agents.files.list has."), MinLength(1)] string Name, string Content)
{
    [Description("The SHA-256 of the text to replace, in hexadecimal; another text is not replaced.")]
    [RegularExpression("^[a-fA-F0-9]{64}$")]
    public string? ExpectedHash { get; init; }
}

/// <summary>A file that an agent is told of.</summary>
/// <param name="Missing">True where there is none.</param>
internal sealed record AgentsFile(string Name, string Path, bool Missing)
{
    public long? Size { get; init; }

    public long? UpdatedAtMs { get; init; }

    [Description("The SHA-256 of the text, in hexadecimal.")]
    public string? Hash { get; init; }

    public string? Content { get; init; }
}

/// <summary>Result of <c>agents.files.list</c>.</summary>
internal sealed record AgentsFilesListResult(string AgentId, string Workspace, IReadOnlyList<AgentsFile> Files);

/// <summary>Result of <c>agents.files.get</c>.</summary>
internal sealed record AgentsFilesGetResult(string AgentId, string Workspace, AgentsFile File);

/// <summary>Result of <c>agents.files.set</c>.</summary>
internal sealed record AgentsFilesSetResult(bool Ok, string AgentId, string Workspace, AgentsFile File);

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentsFilesListParams))]
[JsonSerializable(typeof(AgentsFilesListResult))]
[JsonSerializable(typeof(AgentsFilesGetParams))]
[JsonSerializable(typeof(AgentsFilesGetResult))]
[JsonSerializable(typeof(AgentsFilesSetParams))]
[JsonSerializable(typeof(AgentsFilesSetResult))]
internal sealed partial class BriefingJson : JsonSerializerContext;
