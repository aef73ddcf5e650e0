namespace Chela.Gateway.Config;

/// <summary>How hard a model thinks before it answers, in OpenClaw's words.</summary>
internal static class ThinkingLevels
{
    public const string Off = "off";
    public const string Minimal = "minimal";
    public const string Low = "low";
    public const string Medium = "medium";
    public const string High = "high";
    public const string ExtraHigh = "xhigh";
    public const string Adaptive = "adaptive";
    public const string Max = "max";
    public const string Ultra = "ultra";

    private static readonly string[] OfThinkers = [Off, Minimal, Low, Medium, High];
    private static readonly string[] OfOthers = [Off];

    /// <summary>The levels that a model has.</summary>
    /// <param name="reasoning">Whether it thinks; null where that is not known.</param>
    public static IReadOnlyList<string> Of(bool? reasoning) => reasoning == true ? OfThinkers : OfOthers;

    /// <summary>The hardest level of a model that is not harder than the one wanted.</summary>
    public static string Nearest(string wanted, IReadOnlyList<string> levels) =>
        levels.LastOrDefault(level => Rank(level) <= Rank(wanted)) ?? Off;

    private static int Rank(string level) => level switch
    {
        Minimal => 1,
        Low => 2,
        Medium or Adaptive => 3,
        High => 4,
        ExtraHigh => 5,
        Max => 6,
        Ultra => 7,
        _ => 0,
    };
}
