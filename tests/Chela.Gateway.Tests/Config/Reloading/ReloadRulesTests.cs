using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Config.Reloading;

[Trait("Requirement", "K3")]
public sealed class ReloadRulesTests
{
    private static readonly IReadOnlyList<ConfigKey> Keys = new ConfigLoader().Keys.All;

    [Fact]
    public void Every_key_has_a_rule() =>
        Assert.Empty(Keys.Where(key => !ReloadRules.All.Any(rule => new ConfigPath(key.Segments).IsWithin(rule.Segments))).Select(key => key.Path));

    [Fact]
    public void Every_rule_is_of_a_key_or_of_keys_below_it() =>
        Assert.Empty(ReloadRules.All.Where(rule => !Keys.Any(key => new ConfigPath(key.Segments).IsWithin(rule.Segments))).Select(rule => rule.Prefix));

    [Theory]
    [InlineData("gateway.port", ReloadKind.Restart)]
    [InlineData("gateway.limits.maxInFlight", ReloadKind.Hot)]
    [InlineData("gateway.limits.maxPayload", ReloadKind.Restart)]
    [InlineData("agents.defaults.model", ReloadKind.Hot)]
    [InlineData("agents.defaults", ReloadKind.Hot)]
    [InlineData("gateway.limits", ReloadKind.Restart)]
    [InlineData("channels.webhook.desk", ReloadKind.Hot)]
    [InlineData("$schema", ReloadKind.None)]
    [InlineData("unheard.of", ReloadKind.Restart)]
    public void The_longest_prefix_decides_and_what_holds_several_is_as_the_strongest(string path, object kind) =>
        Assert.Equal(kind, ReloadRules.KindOf(new ConfigPath(path.Split('.'))));

    [Fact]
    public void The_page_for_operators_shows_the_table()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations/configuration.md")).ReplaceLineEndings("\n");
        var rows = ReloadRules.All.Select(rule => $"| `{rule.Prefix}` | {Word(rule.Kind)} | {rule.Effect} |");

        Assert.Contains(string.Join('\n', rows), page, StringComparison.Ordinal);
    }

    private static string Word(ReloadKind kind) => kind switch
    {
        ReloadKind.Hot => "at once",
        ReloadKind.Restart => "restart",
        _ => "never",
    };
}
