using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>Arguments of <c>fs.read</c>.</summary>
internal sealed record ReadArguments(
    [property: Description("The file, from the workspace's root: notes/today.md"), StringLength(WorkspacePath.LongestPath, MinimumLength = 1)] string Path)
{
    /// <summary>How many lines are read where nothing else is said.</summary>
    public const int UsualLines = 1_000;

    [Description("The first line to read; 1 without it."), Range(1, int.MaxValue)]
    public int? FromLine { get; init; }

    [Description("The most lines to read; 1000 without it."), Range(1, 10_000)]
    public int? Lines { get; init; }
}

/// <summary>Arguments of <c>fs.write</c>.</summary>
internal sealed record WriteArguments(
    [property: Description("The file, from the workspace's root. Missing folders are made."), StringLength(WorkspacePath.LongestPath, MinimumLength = 1)] string Path,
    [property: Description("All of its text."), MaxLength(1_000_000)] string Content);

/// <summary>Arguments of <c>fs.edit</c>.</summary>
internal sealed record EditArguments(
    [property: Description("The file, from the workspace's root."), StringLength(WorkspacePath.LongestPath, MinimumLength = 1)] string Path,
    [property: Description("The text to replace, exactly as it stands there, with as much around it that it stands there once."), StringLength(1_000_000, MinimumLength = 1)] string OldText,
    [property: Description("What to put in its place."), MaxLength(1_000_000)] string NewText);

/// <summary>Arguments of <c>fs.list</c>.</summary>
internal sealed record ListArguments
{
    [Description("The folder, from the workspace's root; the workspace itself without it."), MaxLength(WorkspacePath.LongestPath)]
    public string? Path { get; init; }

    [Description("How many levels of folders to show; 1 without it."), Range(1, 10)]
    public int? Depth { get; init; }

    [Description("Only files like this: *.md, src/**/*.cs"), StringLength(200, MinimumLength = 1)]
    public string? Glob { get; init; }
}

/// <summary>Arguments of <c>fs.search</c>.</summary>
internal sealed record SearchArguments(
    [property: Description("What to look for in lines of text."), StringLength(1_000, MinimumLength = 1)] string Text)
{
    [Description("Whether the text is a regular expression; without look-around and references back.")]
    public bool? IsRegex { get; init; }

    [Description("Whether large and small letters are the same.")]
    public bool? IgnoreCase { get; init; }

    [Description("The folder to look in, from the workspace's root; the workspace itself without it."), MaxLength(WorkspacePath.LongestPath)]
    public string? Path { get; init; }

    [Description("Only files like this: *.md, src/**/*.cs"), StringLength(200, MinimumLength = 1)]
    public string? Glob { get; init; }
}

/// <summary>JSON types of the tools for files. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReadArguments))]
[JsonSerializable(typeof(WriteArguments))]
[JsonSerializable(typeof(EditArguments))]
[JsonSerializable(typeof(ListArguments))]
[JsonSerializable(typeof(SearchArguments))]
internal sealed partial class FilesJson : JsonSerializerContext;
