using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Chela.Cli;

/// <summary>An option that takes a span of time: a whole number and s, m, h or d.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "10m",
        CustomParser = Read,
    };

    private static TimeSpan? Read(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= 100_000
            && LengthOf(text[^1]) is { } unit)
        {
            return number * unit;
        }

        result.AddError($"{result.Argument.Name} takes a number and s, m, h or d, for example 10m.");
        return null;
    }

    private static TimeSpan? LengthOf(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
