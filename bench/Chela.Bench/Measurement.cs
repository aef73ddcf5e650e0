using System.Text.Json.Serialization;

namespace Chela.Bench;

/// <summary>One number about one program.</summary>
/// <param name="Question">What was asked, with the unit.</param>
/// <param name="Value">The answer.</param>
internal sealed record Measurement(string Question, double Value);

/// <summary>The same question answered by both programs.</summary>
/// <param name="Question">What was asked, with the unit.</param>
/// <param name="Baseline">The bare Kestrel's answer.</param>
/// <param name="Gateway">The gateway's answer.</param>
internal sealed record Comparison(string Question, double Baseline, double Gateway)
{
    /// <summary>How many times the baseline's number the gateway's is. Of all figures this one travels best between machines.</summary>
    public double Ratio => Gateway / Baseline;
}

/// <summary>The shapes that <c>--json</c> prints.</summary>
[JsonSerializable(typeof(IReadOnlyList<Comparison>))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class BenchJson : JsonSerializerContext;
