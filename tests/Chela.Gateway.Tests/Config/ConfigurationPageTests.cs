using System.Runtime.CompilerServices;
using System.Text.Json;
using Chela.Gateway.Config;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

/// <summary>The page for operators says what the types say.</summary>
[Trait("Requirement", "K1")]
public sealed class ConfigurationPageTests
{
    private static readonly string Page = File.ReadAllText(PagePath());

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "operations", "configuration.md");

    private static string[][] Rows() =>
    [
        .. Page[Page.IndexOf("## Keys", StringComparison.Ordinal)..Page.IndexOf("## The token", StringComparison.Ordinal)]
            .Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    ];

    [Fact]
    public void The_table_lists_every_key_with_its_default()
    {
        var defaults = Load().Effective;
        var expected = new ConfigLoader().Keys.All.Where(k => k.Path != "$schema").Select(k => ($"`{k.Path}`", Default(defaults, k)));

        Assert.Equal(expected, Rows().Select(r => (r[0], r[1])));
    }

    [Fact]
    public void The_table_gives_the_bounds_of_every_number()
    {
        var expected = new ConfigLoader().Keys.All.Where(k => k.Type == "integer")
            .Select(k => ($"`{k.Path}`", $"{k.Schema.GetProperty("minimum")} to {k.Schema.GetProperty("maximum")}"));

        var bounds = Rows().Where(r => char.IsAsciiDigit(r[2][0]) && !r[2].Contains("characters", StringComparison.Ordinal));
        Assert.Equal(expected, bounds.Select(r => (r[0], r[2])));
    }

    [Fact]
    public void The_example_is_a_file_that_loads()
    {
        var start = Page.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;

        Assert.Equal(18_789, Load(Page[start..Page.IndexOf("```", start, StringComparison.Ordinal)]).Config.Gateway.Port);
    }

    private static string Default(JsonElement root, ConfigKey key)
    {
        foreach (var segment in key.Segments)
        {
            if (!root.TryGetProperty(segment, out root))
            {
                return "—";
            }
        }

        return $"`{root.GetRawText()}`";
    }
}
