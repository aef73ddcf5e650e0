using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>The two ways to write the place of a setting: dotted for people, a JSON pointer inside.</summary>
internal static class ConfigPointer
{
    public static string ToDotted(string pointer) => pointer.Length == 0
        ? ""
        : string.Join('.', pointer[1..].Split('/').Select(s => JsonText.Show(Unescape(s))));

    public static string FromSegments(IEnumerable<string> segments) => string.Concat(segments.Select(s => $"/{ShapeProblem.Escape(s)}"));

    private static string Unescape(string segment) =>
        segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
