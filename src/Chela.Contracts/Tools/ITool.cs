using System.Text.Json;

namespace Chela.Contracts.Tools;

/// <summary>Something that a model can have done while it answers.</summary>
public interface ITool
{
    /// <summary>What it is, for models, for people and for the policy.</summary>
    ToolDescription Description { get; }

    /// <summary>
    /// Does it. What goes wrong in a way that a model can mend is a result with <see cref="ToolResult.IsError"/>; what it throws otherwise is
    /// logged, and the model is told only that the tool failed.
    /// </summary>
    /// <param name="arguments">A JSON object that fits <see cref="ToolDescription.Parameters"/> as far as the model kept to it: check it.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="ct">Cancelled when the run ends or the tool's time is over.</param>
    Task<ToolResult> RunAsync(JsonElement arguments, ToolContext context, CancellationToken ct);
}

/// <summary>What a tool is.</summary>
/// <param name="Name">Small letters, digits and <c>_</c>, in parts joined by dots: <c>http.fetch</c>. The part before the first dot is its group.</param>
/// <param name="Summary">What it does and when to use it, in a sentence or two that models read.</param>
/// <param name="Parameters">JSON Schema of the arguments, an object.</param>
public sealed record ToolDescription(string Name, string Summary, JsonElement Parameters)
{
    /// <summary>What a misled model could do with it.</summary>
    public ToolRisk Risk { get; init; } = ToolRisk.Medium;

    /// <summary>Whether it changes something. Those that do not may run at the same time.</summary>
    public bool HasSideEffects { get; init; } = true;

    /// <summary>How long one call may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest result that a model is shown, in characters; what is longer is cut in the middle.</summary>
    public int OutputLimit { get; init; } = 30_000;
}

/// <summary>What a misled model could do with a tool.</summary>
public enum ToolRisk
{
    /// <summary>Read what belongs to the agent.</summary>
    Low,

    /// <summary>Change what belongs to the agent, or read and say things elsewhere.</summary>
    Medium,

    /// <summary>Run programs or reach what belongs to others. Such tools are off until they are allowed by name.</summary>
    High,
}

/// <summary>On whose behalf a tool runs.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="SessionKey">The session, in its full form.</param>
/// <param name="RunId">The run.</param>
/// <param name="CallId">The call within the run.</param>
/// <param name="Workspace">The agent's folder, an absolute path that exists.</param>
public sealed record ToolContext(string AgentId, string SessionKey, string RunId, string CallId, string Workspace)
{
    /// <summary>The channel that the message came from; null where it came from a client.</summary>
    public string? Channel { get; init; }
}

/// <summary>What a model is told of a call.</summary>
/// <param name="Text">The result, or what went wrong and what to do about it.</param>
public sealed record ToolResult(string Text)
{
    /// <summary>Whether the call failed.</summary>
    public bool IsError { get; init; }

    /// <summary>A failed call.</summary>
    public static ToolResult Failed(string text) => new(text) { IsError = true };
}
