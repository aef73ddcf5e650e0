using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>OpenAI's words for how hard a model thinks.</summary>
internal static class ReasoningEfforts
{
    /// <summary>The word; null leaves it to the model.</summary>
    public static string? Word(ChatOptions? options) => options?.Reasoning?.Effort switch
    {
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High or ReasoningEffort.ExtraHigh => "high",
        _ => null,
    };
}
