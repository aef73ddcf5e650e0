namespace Chela.Gateway.Config;

/// <summary>How hard a model thinks before it answers, in OpenClaw's words.</summary>
internal static class ThinkingLevels
{
    /// <summary>As the model does when nothing is asked of it.</summary>
    public const string Off = "off";

    public const string Minimal = "minimal", Low = "low", Medium = "medium", High = "high";

    /// <summary>All of them, from none to the hardest.</summary>
    public static IReadOnlyList<string> All { get; } = [Off, Minimal, Low, Medium, High];
}
