using Chela.Gateway.Config;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>Levels of thinking as models are asked for them.</summary>
internal static class ThinkingEffort
{
    /// <summary>Options that ask for a level; null where nothing is asked for.</summary>
    public static ChatOptions? Options(string level) =>
        Of(level) is { } effort ? new ChatOptions { Reasoning = new ReasoningOptions { Effort = effort } } : null;

    // No provider's word for less than low is known to all of its models.
    private static ReasoningEffort? Of(string level) => level switch
    {
        ThinkingLevels.Minimal or ThinkingLevels.Low => ReasoningEffort.Low,
        ThinkingLevels.Medium or ThinkingLevels.Adaptive => ReasoningEffort.Medium,
        ThinkingLevels.High or ThinkingLevels.ExtraHigh or ThinkingLevels.Max or ThinkingLevels.Ultra => ReasoningEffort.High,
        _ => null,
    };
}
