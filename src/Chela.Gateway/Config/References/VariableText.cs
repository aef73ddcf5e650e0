using System.Text.RegularExpressions;

namespace Chela.Gateway.Config.References;

/// <summary>Texts that name variables: <c>${NAME}</c> stands for the value of the variable, <c>$${NAME}</c> for the text <c>${NAME}</c>.</summary>
internal static partial class VariableText
{
    /// <summary>The text with the values in place of the names.</summary>
    /// <param name="variables">The values.</param>
    /// <param name="missing">Gets the names of variables that have none; a blank one is none.</param>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables, ICollection<string> missing) =>
        text.Contains("${", StringComparison.Ordinal) ? Reference().Replace(text, match => Value(match, variables, missing)) : text;

    /// <summary>True for a text that is one name and nothing else, so that showing it shows no value.</summary>
    public static bool IsName(string text) => Reference().Match(text) is { Success: true, Index: 0 } match && match.Length == text.Length && text[1] == '{';

    /// <summary>The variables that a text names.</summary>
    public static IEnumerable<string> NamesIn(string text) => Reference().Matches(text).Select(match => match.Groups[2].Value);

    private static string Value(Match match, IReadOnlyDictionary<string, string> variables, ICollection<string> missing)
    {
        var (isEscaped, name) = (match.Groups[1].Length > 0, match.Groups[2].Value);
        if (isEscaped)
        {
            return match.Value[1..];
        }

        if (variables.GetValueOrDefault(name) is { } value && !string.IsNullOrWhiteSpace(value))
        {
            return value;
        }

        missing.Add(name);
        return match.Value;
    }

    [GeneratedRegex(@"(\$?)\$\{([A-Z_][A-Z0-9_]*)\}")]
    private static partial Regex Reference();
}
