using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Tools.Exec;

/// <summary>Arguments of <c>exec</c>: either the words of the command or one line.</summary>
internal sealed record ExecArguments
{
    /// <summary>How long a program may run where nothing else is said.</summary>
    public const int UsualTimeoutSeconds = 60;

    /// <summary>How long one may run at most.</summary>
    public const int LongestTimeoutSeconds = 600;

    [Description("The program and its arguments, each a text of its own. No shell reads them."), MinLength(1), MaxLength(1_000)]
    public IReadOnlyList<string>? Command { get; init; }

    [Description("The same in one line, with quotes where a word has spaces; without pipes, redirections, variables and wildcards."), StringLength(32_000, MinimumLength = 1)]
    public string? Line { get; init; }

    [Description("After how many seconds the program is ended; 60 without it."), Range(1, LongestTimeoutSeconds)]
    public int? TimeoutSeconds { get; init; }
}

/// <summary>JSON types of the tool. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExecArguments))]
internal sealed partial class ExecJson : JsonSerializerContext;
