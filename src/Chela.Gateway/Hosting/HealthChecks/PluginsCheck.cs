using Chela.Gateway.Config;
using Chela.Gateway.Plugins;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the plugins that accounts name could be loaded.</summary>
internal sealed class PluginsCheck(PluginSet plugins, ConfigStore config) : IHealthCheck
{
    public string Part => "plugins";

    public HealthFinding Look() =>
        Disabled() is { Count: > 0 } disabled ? HealthFinding.Degraded(HealthFinding.Joined([.. disabled.Select(one => $"{one.Id} is disabled: {one.Error}")])) : HealthFinding.Fine;

    public Health Describe(Health health)
    {
        var (loaded, disabled) = (plugins.Loaded, Disabled());
        return loaded.Count + disabled.Count == 0 ? health : health with { Plugins = new PluginsHealth(loaded, disabled) };
    }

    /// <summary>Those that are asked for and cannot be had.</summary>
    private List<PluginError> Disabled() =>
    [
        .. from plugin in config.Current.Config.Channels.Plugin.Values.Where(account => account.Runs()).Select(account => account.Plugin).Distinct().Order(StringComparer.Ordinal)
           let problem = plugins.Problems.GetValueOrDefault(plugin)
           where problem is not null
           select new PluginError(plugin, problem),
    ];
}
