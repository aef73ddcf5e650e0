using System.Text;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Config.References;

/// <summary>
/// Reads the file <c>.env</c> of the state directory: a variable on each line, <c>NAME=value</c>. It sets what the environment does not; the
/// environment wins.
/// </summary>
internal static partial class VariablesFile
{
    public const string Name = ".env";

    /// <summary>The largest file that is read.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The environment and what the file adds to it.</summary>
    /// <param name="content">The content of the file.</param>
    /// <param name="environment">The environment of the process.</param>
    /// <exception cref="ConfigException">It is too large, not UTF-8, or has a line of another form; it names the lines.</exception>
    public static IReadOnlyDictionary<string, string> Add(ReadOnlySpan<byte> content, IReadOnlyDictionary<string, string> environment)
    {
        if (content.Length > MaxBytes || !System.Text.Unicode.Utf8.IsValid(content))
        {
            throw new ConfigException([Problem(1, content.Length > MaxBytes ? $"the file is larger than {MaxBytes} bytes" : "the file is not valid UTF-8")]);
        }

        var problems = new List<ConfigProblem>();
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (place, line) in Encoding.UTF8.GetString(content).TrimStart('\uFEFF').Split('\n').Index())
        {
            if (Line().Match(line.Trim()) is { Success: true } match)
            {
                all[match.Groups["name"].Value] = ValueOf(match);
            }
            else if (line.Trim() is { Length: > 0 } other && other[0] != '#')
            {
                problems.Add(Problem(place + 1, "must be NAME=value, a comment or blank"));
            }
        }

        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        return problems.Count == 0 ? all : throw new ConfigException(problems);
    }

    private static string ValueOf(Match match) =>
        match.Groups["single"] is { Success: true } single ? single.Value
        : match.Groups["double"] is { Success: true } quoted ? Escape().Replace(quoted.Value, escape => escape.Value[1] switch { 'n' => "\n", 't' => "\t", var c => c.ToString() })
        : match.Groups["plain"].Value;

    private static ConfigProblem Problem(int line, string message) =>
        new(ConfigLayer.Environment, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name}:{line}:1"), "", message);

    // A # begins a comment only behind white space, as secrets may hold one.
    [GeneratedRegex("""^(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|(?<plain>[^'"\s].*?|))(?:\s+#.*)?$""")]
    private static partial Regex Line();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();
}
