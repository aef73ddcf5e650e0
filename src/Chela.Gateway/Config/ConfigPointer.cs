using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>The two ways to write the place of a setting: dotted for people (<c>gateway.listeners[1].port</c>), a JSON pointer inside.</summary>
internal static class ConfigPointer
{
    public static string ToDotted(string pointer) => pointer.Length == 0
        ? ""
        : string.Concat(pointer[1..].Split('/').Select(Step)).TrimStart('.');

    /// <summary>The pointer of the setting around this one; empty at the root.</summary>
    public static string Parent(string pointer) => pointer[..Math.Max(0, pointer.LastIndexOf('/'))];

    // A number is the place in a list, counted from 0 as programs do.
    private static string Step(string segment) =>
        segment.Length > 0 && segment.All(char.IsAsciiDigit) ? $"[{segment}]" : $".{JsonText.Show(Unescape(segment))}";

    public static string FromSegments(IEnumerable<string> segments) => string.Concat(segments.Select(s => $"/{ShapeProblem.Escape(s)}"));

    private static string Unescape(string segment) =>
        segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
