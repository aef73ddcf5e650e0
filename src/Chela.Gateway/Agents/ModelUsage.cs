using Chela.Gateway.Bus;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>Reads what a provider counted.</summary>
internal static class ModelUsage
{
    /// <summary>The tokens that a part of an answer tells of; null when it tells of none.</summary>
    public static TokenUsage? Of(ChatResponseUpdate update)
    {
        var details = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details;
        return details is null ? null : new TokenUsage(
            details.InputTokenCount ?? 0,
            details.OutputTokenCount ?? 0,
            details.TotalTokenCount ?? (details.InputTokenCount ?? 0) + (details.OutputTokenCount ?? 0));
    }
}
