using System.Text;
using Chela.Gateway.Config;

namespace Chela.Gateway.Tests.Config;

/// <summary>Loads configuration from texts.</summary>
internal static class ConfigFixture
{
    public static ConfigSnapshot Load(
        string? file = null, Dictionary<string, string>? environment = null, params ConfigOverride[] overrides) =>
        LoadBytes(file is null ? null : Encoding.UTF8.GetBytes(file), environment, overrides);

    public static ConfigSnapshot LoadBytes(
        byte[]? file, Dictionary<string, string>? environment = null, params ConfigOverride[] overrides) =>
        new ConfigLoader().Load(new ConfigSources("/srv/chela/chela.json", file)
        {
            Environment = environment ?? [],
            Overrides = overrides,
        });

    /// <summary>The problems, one on a line, as a person sees them.</summary>
    public static string Refuse(string? file = null, Dictionary<string, string>? environment = null, params ConfigOverride[] overrides) =>
        Assert.Throws<ConfigException>(() => Load(file, environment, overrides)).Message;

    public static string RefuseBytes(byte[] file) => Assert.Throws<ConfigException>(() => LoadBytes(file)).Message;
}
