using System.Globalization;
using System.Text.Json.Serialization;

namespace Chela.Bench;

/// <summary>One number about one program.</summary>
/// <param name="Question">What was asked, with the unit.</param>
/// <param name="Value">The answer.</param>
internal sealed record Measurement(string Question, double Value);

/// <summary>The same question answered by both programs.</summary>
/// <param name="Question">What was asked, with the unit.</param>
/// <param name="Baseline">The bare Kestrel's answer; null when it cannot be asked.</param>
/// <param name="Gateway">The gateway's answer.</param>
internal sealed record Comparison(string Question, double? Baseline, double Gateway)
{
    /// <summary>How many times the baseline's number the gateway's is. Of all figures this one travels best between machines.</summary>
    public double? Ratio => Baseline is not 0 ? Gateway / Baseline : null;

    /// <summary>A line of a Markdown table.</summary>
    public string Row => $"| {Question} | {Short(Baseline)} | {Short(Gateway)} | {Short(Ratio, "0.00")} |";

    /// <summary>The median of several rounds.</summary>
    public static Comparison Typical(IReadOnlyCollection<Comparison> rounds) => new(
        rounds.First().Question,
        rounds.First().Baseline is null ? null : Median(rounds.Select(row => row.Baseline!.Value)),
        Median(rounds.Select(row => row.Gateway)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static string Short(double? value, string? format = null) =>
        value?.ToString(format ?? (value < 100 ? "0.#" : "#,0"), CultureInfo.InvariantCulture) ?? "—";
}

/// <summary>The shapes that <c>--json</c> prints.</summary>
[JsonSerializable(typeof(IReadOnlyList<Comparison>))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class BenchJson : JsonSerializerContext;
