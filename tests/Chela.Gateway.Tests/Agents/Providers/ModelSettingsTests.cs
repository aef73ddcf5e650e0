using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Config;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class ModelSettingsTests
{
    [Fact]
    public void Customary_variables_suffice_and_blank_is_absent()
    {
        var settings = TestModels.OpenAi(" sk-1\n", "  ", "gpt-4.1");

        var provider = Assert.Single(settings.Providers);
        Assert.Equal(("openai", "sk-1", "https://api.openai.com/v1"), (provider.Name, provider.ApiKey, provider.Endpoint.ToString()));
        Assert.Equal("gpt-4.1", settings.Default);
    }

    [Theory]
    [InlineData("ANTHROPIC_API_KEY", "anthropic", "https://api.anthropic.com/", "anthropic/claude-haiku-4-5")]
    [InlineData("GEMINI_API_KEY", "gemini", "https://generativelanguage.googleapis.com/v1beta/openai", "gemini/gemini-2.5-flash")]
    [InlineData("OPENROUTER_API_KEY", "openrouter", "https://openrouter.ai/api/v1", "openrouter/openrouter/auto")]
    public void A_well_known_provider_needs_only_its_key(string variable, string name, string endpoint, string model)
    {
        var settings = TestModels.Read(new ChelaConfig(), new() { [variable] = "key-1" });

        var provider = Assert.Single(settings.Providers);
        Assert.Equal((name, endpoint), (provider.Name, provider.Endpoint.ToString()));
        Assert.Equal(model, Catalog(settings).Default.ToString());
    }

    [Fact]
    public void Azure_has_the_address_of_its_customer()
    {
        var settings = TestModels.Read(
            new ChelaConfig(), new() { ["AZURE_OPENAI_API_KEY"] = "key-1", ["AZURE_OPENAI_ENDPOINT"] = "https://mine.openai.azure.com/" });

        Assert.Equal("https://mine.openai.azure.com/openai/v1", Assert.Single(settings.Providers).Endpoint.ToString());
        Assert.StartsWith("No model is chosen: set agents.defaults.model", Catalog(settings).Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_comes_before_variables_and_well_known_providers_before_others()
    {
        var config = Load("""
            {
              "agents": { "defaults": { "model": "fast" } },
              "models": {
                "aliases": { "fast": "mine/tiny/1", "best": "anthropic/claude-opus-4-5" },
                "providers": {
                  "mine": {
                    "baseUrl": "http://127.0.0.1:9000",
                    "headers": { "X-Team": "crab" },
                    "models": [ { "id": "tiny/1", "name": "Tiny", "contextWindow": 4096, "cost": { "input": 1, "output": 2 } } ]
                  },
                  "openai": { "apiKey": "from-file" }
                }
              }
            }
            """);

        var settings = TestModels.Read(config, new() { ["OPENAI_API_KEY"] = "from-variable", ["ANTHROPIC_API_KEY"] = "key-2" });
        var catalog = Catalog(settings);

        Assert.Equal(["openai", "anthropic", "mine"], settings.Providers.Select(provider => provider.Name));
        Assert.Equal("from-file", settings.Providers[0].ApiKey);
        Assert.Equal("mine/tiny/1", catalog.Default.ToString());
        Assert.Equal("anthropic/claude-opus-4-5", catalog.Resolve("BEST").Ref.ToString());
        Assert.Equal("mine/tiny/1", catalog.Configured("fast").ToString());
        var tiny = (await catalog.ListModelsAsync(TestContext.Current.CancellationToken))[0];
        Assert.Equal(("Tiny", 4096, new ModelPrice(1, 2, 1, 1)), (tiny.Name, tiny.ContextWindow, tiny.Price));
        Assert.Equal(200_000, catalog.Describe(catalog.Aliases["best"]).ContextWindow);
    }

    [Theory]
    [InlineData("gpt-5-mini-2025-08-07", "GPT-5 mini")]
    [InlineData("anthropic/claude-sonnet-4.5", "Claude Sonnet 4.5")]
    [InlineData("claude-haiku-4-5-20251001", "Claude Haiku 4.5")]
    [InlineData("gpt-4o-mini-audio-preview", null)]
    [InlineData("gpt-4o-realtime", null)]
    public void A_version_of_a_known_model_is_known_and_a_relative_is_not(string id, string? name) =>
        Assert.Equal(name, KnownModels.Find(id)?.Name);

    [Fact]
    public void Printing_the_settings_never_prints_a_secret()
    {
        var config = Load("""{ "models": { "providers": { "openai": { "apiKey": "sk-canary", "headers": { "X-Key": "canary-2" } } } } }""");

        var printed = $"{config} {config.Models.Providers["openai"]} {TestModels.Read(config)} {TestModels.Read(config).Providers[0]}";

        Assert.DoesNotContain("canary", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-1", null, 0)]
    [InlineData("sk-1\r\nX-Evil: 1", null, 1)]
    [InlineData("sk-ключ", null, 1)]
    [InlineData(null, "http://localhost:11434", 0)]
    [InlineData(null, "localhost:11434", 1)]
    [InlineData(null, "ftp://host/v1", 1)]
    [InlineData(null, "https://user:pass@host/v1", 1)]
    [InlineData(null, "https://host/v1?key=1", 1)]
    [InlineData("bad key", "/v1", 2)]
    public void Problems_are_collected_and_name_no_value(string? key, string? url, int count)
    {
        var problems = new List<string>();
        var variables = new Dictionary<string, string?> { ["OPENAI_API_KEY"] = key, ["OPENAI_BASE_URL"] = url };

        ModelSettings.Read(new ChelaConfig(), variables.GetValueOrDefault, problems);

        Assert.Equal(count, problems.Count);
        Assert.All(problems, problem => Assert.DoesNotContain("pass", problem, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.StartsWith("OPENAI_", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_provider_of_ones_own_needs_an_address()
    {
        var problems = new List<string>();

        ModelSettings.Read(Load("""{ "models": { "providers": { "mine": {} } } }"""), _ => null, problems);

        Assert.StartsWith("models.providers.mine.baseUrl is missing:", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "models": { "providers": { "A b": {} } } }""", "models.providers: has a provider whose name is not")]
    [InlineData("""{ "models": { "providers": { "x": { "baseUrl": "ftp://x" } } } }""", "models.providers.x.baseUrl: must be an address")]
    [InlineData("""{ "models": { "providers": { "x": { "api": "soap" } } } }""", "models.providers.x.api")]
    [InlineData("""{ "models": { "providers": { "x": { "headers": { "X Y": "1" } } } } }""", "models.providers.x.headers: has a header")]
    [InlineData("""{ "models": { "providers": { "x": { "headers": { "X": "1\r\nY: 2" } } } } }""", "models.providers.x.headers.X: must be made of printable")]
    [InlineData("""{ "models": { "providers": { "x": { "models": [ { "id": "a b" } ] } } } }""", "models.providers.x.models[0].id: must not hold white space")]
    [InlineData("""{ "models": { "providers": { "x": { "models": [ { "id": "a", "input": ["smell"] } ] } } } }""", "models.providers.x.models[0].input: must be some of")]
    [InlineData("""{ "models": { "aliases": { "fast": "gpt" } } }""", "models.aliases.fast: must be provider/model")]
    [InlineData("""{ "models": { "aliases": { "a/b": "x/y" } } }""", "models.aliases: has an alias that is not")]
    public void What_is_wrong_in_the_file_is_told_with_its_place(string json, string expected)
    {
        var refusal = Assert.Throws<ConfigException>(() => Load(json));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private static ChelaConfig Load(string json) => ConfigFixture.Load(json).Config;

    private static ProviderCatalog Catalog(ModelSettings settings) => new(settings, TimeProvider.System, ProviderHttp.CreateClient);
}
