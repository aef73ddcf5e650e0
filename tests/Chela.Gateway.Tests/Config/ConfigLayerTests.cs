using System.Text.Json;
using Chela.Gateway.Config;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "K1")]
public sealed class ConfigLayerTests
{
    private const string Token = "0123456789012345678901234567";

    [Fact]
    public void Without_any_layer_the_defaults_are_in_force()
    {
        var snapshot = Load();

        Assert.Equal(Text(new ChelaConfig()), Text(snapshot.Config));
        Assert.False(snapshot.FileExists);
        Assert.All(snapshot.Origins.Values, origin => Assert.Equal(ConfigLayer.Default, origin));
    }

    private static string Text(ChelaConfig config) => JsonSerializer.Serialize(config, ConfigJson.Default.ChelaConfig);

    [Fact]
    public void A_later_layer_wins_key_by_key()
    {
        var snapshot = Load(
            """{"gateway":{"port":1,"tickIntervalMs":1000,"limits":{"maxInFlight":1}},"session":{"mainKey":"file"}}""",
            new() { ["CHELA_GATEWAY__PORT"] = "2", ["CHELA_GATEWAY__TICKINTERVALMS"] = "2000" },
            new ConfigOverride("gateway.port", "3", "--port"));

        var gateway = snapshot.Config.Gateway;
        Assert.Equal((3, 2000, 1), (gateway.Port, gateway.TickIntervalMs, gateway.Limits.MaxInFlight));
        Assert.Equal("file", snapshot.Config.Session.MainKey);
        Assert.Equal(1000, snapshot.Config.Gateway.Limits.MaxConnections);
        Assert.Equal(ConfigLayer.CommandLine, snapshot.Origins["gateway.port"]);
        Assert.Equal(ConfigLayer.Environment, snapshot.Origins["gateway.tickIntervalMs"]);
        Assert.Equal(ConfigLayer.File, snapshot.Origins["gateway.limits.maxInFlight"]);
        Assert.Equal(ConfigLayer.Default, snapshot.Origins["gateway.limits.maxConnections"]);
    }

    [Fact]
    public void Of_two_overrides_the_last_wins()
    {
        var snapshot = Load(overrides: [new("gateway.port", "1", "--port"), new("gateway.port", "0", "--port")]);

        Assert.Equal(0, snapshot.Config.Gateway.Port);
    }

    [Fact]
    public void A_text_that_looks_like_a_number_stays_a_text_where_the_key_is_one()
    {
        var snapshot = Load(environment: new() { ["CHELA_GATEWAY__AUTH__TOKEN"] = Token, ["CHELA_SESSION__MAINKEY"] = "true" });

        Assert.Equal(Token, snapshot.Config.Gateway.Auth.Token);
        Assert.Equal("true", snapshot.Config.Session.MainKey);
    }

    [Fact]
    public void Names_of_variables_are_matched_without_case()
    {
        var snapshot = Load(environment: new()
        {
            ["CHELA_Models__Providers__OpenAI__ApiKey"] = "key",
            ["CHELA_AGENTS__DEFAULTS__MAXCONCURRENT"] = "12",
        });

        Assert.Equal("key", snapshot.Config.Models.Providers["openai"].ApiKey);
        Assert.Equal(12, snapshot.Config.Agents.Defaults.MaxConcurrent);
    }

    [Fact]
    public void Variables_of_programs_are_not_configuration()
    {
        var snapshot = Load(environment: new()
        {
            ["CHELA_STATE_DIR"] = "/x",
            ["CHELA_MODEL"] = "m",
            ["CHELA_TOKEN"] = "t",
            ["CHELA_URL"] = "u",
            ["CHELA_GATEWAY"] = "whole sections are not read",
            ["PATH__X"] = "y",
            ["chela_gateway__prot"] = "1",
        });

        Assert.Equal(Text(new ChelaConfig()), Text(snapshot.Config));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    [InlineData("// nothing yet\n/* at all */")]
    [InlineData("{}")]
    [InlineData("\uFEFF{ }")]
    [InlineData("{ \"$schema\": \"https://example.org/chela.json\" }")]
    public void A_file_may_set_nothing(string file)
    {
        var snapshot = Load(file);

        Assert.Equal(Text(new ChelaConfig { Schema = snapshot.Config.Schema }), Text(snapshot.Config));
        Assert.True(snapshot.FileExists);
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_read()
    {
        var snapshot = Load("\uFEFF// mine\r\n{ /* here */ \"gateway\": { \"port\": /* free */ 0, }, } // end");

        Assert.Equal(0, snapshot.Config.Gateway.Port);
    }

    [Fact]
    public void Null_unsets_what_may_be_unset()
    {
        var snapshot = Load("""{"gateway":{"auth":{"token":null}},"agents":{"defaults":{"model":null}}}""");

        Assert.Null(snapshot.Config.Gateway.Auth.Token);
        Assert.Null(snapshot.Config.Agents.Defaults.Model);
    }

    [Fact]
    public void The_hash_follows_the_settings_and_not_how_they_are_written()
    {
        var written = Load("""{"session":{"mainKey":"a"},"gateway":{"bind":"::1","port":5}}""");
        var otherwise = Load("""{"gateway":{"port":5,"bind":"::1"}/**/}""", new() { ["CHELA_SESSION__MAINKEY"] = "a" });

        Assert.Equal(written.Hash, otherwise.Hash);
        Assert.Matches("^[0-9a-f]{64}$", written.Hash);
        Assert.NotEqual(written.Hash, Load().Hash);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(16, 64)]
    public void Unset_concurrency_follows_the_processors(int processors, int runs)
    {
        Assert.Equal(runs, new AgentDefaultsConfig().ConcurrentRuns(processors));
        Assert.Equal(3, new AgentDefaultsConfig { MaxConcurrent = 3 }.ConcurrentRuns(processors));
    }

    [Fact]
    public void Secrets_are_never_printed()
    {
        var snapshot = Load(environment: new()
        {
            ["CHELA_GATEWAY__AUTH__TOKEN"] = Token,
            ["CHELA_MODELS__PROVIDERS__OPENAI__APIKEY"] = Token,
        });

        var change = new ConfigChange(snapshot, snapshot, []);
        var printed = $"{snapshot} {snapshot.Config} {change} {new ConfigOverride("a", Token, "--set")}";

        Assert.DoesNotContain(Token, printed, StringComparison.Ordinal);
        Assert.Equal(Token, snapshot.Config.Models.Providers["openai"].ApiKey);
    }
}
