using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Agents.Tools.Files;

namespace Chela.Gateway.Agents.Memory;

/// <summary>Arguments of the tool <c>memory.search</c>.</summary>
internal sealed record MemorySearchArguments([property: Description("A question, or words that you expect in the passage; one of them is enough."), StringLength(1_000, MinimumLength = 1)] string Query)
{
    [Description("The most passages; 6 without it."), Range(1, 20)]
    public int? MaxResults { get; init; }
}

/// <summary>Arguments of the tool <c>memory.get</c>.</summary>
internal sealed record MemoryGetArguments(
    [property: Description("MEMORY.md, or a file such as memory/2026-11-26.md"), StringLength(WorkspacePath.LongestPath, MinimumLength = 1)] string Path)
{
    [Description("The first line; 1 without it."), Range(1, int.MaxValue)]
    public int? From { get; init; }

    [Description("The most lines; 200 without it."), Range(1, 2_000)]
    public int? Lines { get; init; }
}

/// <summary>Arguments of the tool <c>memory.add</c>.</summary>
internal sealed record MemoryAddArguments([property: Description("The note, so that it is understood without this conversation."), StringLength(20_000, MinimumLength = 1)] string Text);

/// <summary>Parameters of the method <c>memory.search</c>.</summary>
internal sealed record MemorySearchParams([property: StringLength(1_000, MinimumLength = 1)] string Query)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("The most passages; 6 without it."), Range(1, 100)]
    public int? MaxResults { get; init; }

    [Description("Only passages that fit at least so well, from 0 to 1."), Range(0.0, 1.0)]
    public double? MinScore { get; init; }
}

/// <summary>Result of the method <c>memory.search</c>.</summary>
/// <param name="Provider">Whose model compared meanings, or <c>none</c>.</param>
/// <param name="SearchMode"><c>hybrid</c>, or <c>fts-only</c> by words alone.</param>
internal sealed record MemorySearchResult(string AgentId, string Provider, string SearchMode, IReadOnlyList<MemoryRow> Results)
{
    /// <summary>Why less was compared than is configured.</summary>
    public string? Warning { get; init; }
}

/// <summary>A passage that was found.</summary>
internal sealed record MemoryRow(string Path, int StartLine, int EndLine, double Score, string Snippet, string Source);

/// <summary>JSON types of memory. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MemorySearchArguments))]
[JsonSerializable(typeof(MemoryGetArguments))]
[JsonSerializable(typeof(MemoryAddArguments))]
[JsonSerializable(typeof(MemorySearchParams))]
[JsonSerializable(typeof(MemorySearchResult))]
internal sealed partial class MemoryJson : JsonSerializerContext;
