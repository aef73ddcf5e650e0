using Chela.Gateway.Access;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Logs;

namespace Chela.Gateway.Hosting;

/// <summary>
/// Brings another configuration to the parts that keep something of theirs made of it, in a fixed order, and then tells clients. All other parts
/// read what is in force when they need it.
/// </summary>
internal sealed class ConfigFollowers
{
    private readonly GatewaySetup _setup;

    public ConfigFollowers(
        GatewaySetup setup, ConfigStore config, LogSecrets secrets, ProviderCatalog providers, McpServers servers, SecretFollower secret,
        Accounts accounts, ConfigNews news)
    {
        _setup = setup;
        config.Subscribe(change =>
        {
            var models = ModelsOf(change.Current.Config);
            secrets.Know(SecretsOf(setup, change.Current, models)); // before anybody uses one
            if (change.Touches("models") || change.Touches("agents", "defaults", "model"))
            {
                providers.Replace(models);
            }

            if (change.Touches("gateway", "auth", "token") || change.Touches("gateway", "auth", "password"))
            {
                secret.Follow(change.Current.Config.Gateway.Auth);
            }

            if (change.Touches("mcp"))
            {
                servers.Follow();
            }

            if (change.Touches("channels"))
            {
                accounts.Follow(name => ChannelAccountConfig.Connects(change.Paths, name.Channel, name.Account));
            }

            news.Tell(change);
        });
    }

    /// <summary>What the log never shows.</summary>
    public static IEnumerable<string?> SecretsOf(GatewaySetup setup, ConfigSnapshot config, ModelSettings models) =>
    [
        setup.Secret,
        setup.Sources.Environment.GetValueOrDefault(SecretKeys.Variable),
        .. models.Providers.SelectMany(provider => provider.Secrets), // also keys that only the environment names
        .. SecretValues.Of(config),
    ];

    private ModelSettings ModelsOf(ChelaConfig config) => ModelSettings.Read(config, _setup.Sources.Environment.GetValueOrDefault, []);
}
