using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Bus;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>Reads what a provider counted.</summary>
internal static class ModelUsage
{
    /// <summary>The tokens that a part of an answer tells of; null when it tells of none.</summary>
    public static TokenUsage? Of(ModelUpdate told)
    {
        var details = told.Update.Contents.OfType<UsageContent>().LastOrDefault()?.Details;
        return details is null ? null : new TokenUsage(
            details.InputTokenCount ?? 0,
            details.OutputTokenCount ?? 0,
            details.TotalTokenCount ?? (details.InputTokenCount ?? 0) + (details.OutputTokenCount ?? 0))
        {
            Cached = told.IsRepeated ? true : null,
        };
    }
}
