using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;

namespace Chela.Gateway.Tests.Agents.Providers;

/// <summary>Makes settings of models as the gateway reads them.</summary>
internal static class TestModels
{
    /// <summary>As from the customary variables.</summary>
    public static ModelSettings OpenAi(string? key, string? url = null, string? model = null, string? api = null) =>
        Read(Speaking(api), new() { ["OPENAI_API_KEY"] = key, ["OPENAI_BASE_URL"] = url, ["CHELA_MODEL"] = model });

    /// <summary>As from a configuration and variables, which must be right.</summary>
    public static ModelSettings Read(ChelaConfig config, Dictionary<string, string?>? environment = null)
    {
        var problems = new List<string>();
        var settings = ModelSettings.Read(config, name => environment?.GetValueOrDefault(name), problems);
        Assert.Empty(problems);
        return settings;
    }

    private static ChelaConfig Speaking(string? api) => api is null ? new ChelaConfig() : new ChelaConfig
    {
        Models = new ModelsConfig { Providers = new Dictionary<string, ModelProviderConfig> { ["openai"] = new() { Api = api } } },
    };
}
