using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>How much agents may take from their models. A run that reaches a bound makes no further call of its model.</summary>
internal sealed record BudgetConfig
{
    [Range(1, 1_000_000_000_000), Description("How many tokens one run may take.")]
    public long? RunTokens { get; init; }

    [Range(0.000001, 1_000_000), Description("What one run may cost, in US dollars.")]
    public double? RunCost { get; init; }

    [Range(1, 1_000_000_000_000), Description("How many tokens the runs of one agent may take in a day, from midnight UTC.")]
    public long? DayTokens { get; init; }

    [Range(0.000001, 1_000_000), Description("What the runs of one agent may cost in a day, from midnight UTC, in US dollars.")]
    public double? DayCost { get; init; }

    /// <summary>This one, and where it says nothing another.</summary>
    public BudgetConfig Or(BudgetConfig other) => new()
    {
        RunTokens = RunTokens ?? other.RunTokens,
        RunCost = RunCost ?? other.RunCost,
        DayTokens = DayTokens ?? other.DayTokens,
        DayCost = DayCost ?? other.DayCost,
    };
}
