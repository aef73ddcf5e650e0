using System.Text.Json.Nodes;
using Chela.Gateway.Config.Includes;

namespace Chela.Gateway.Config.Reloading;

/// <summary>
/// Puts another configuration in force, as far as that can be without a restart. What is in force is always a configuration that was checked
/// whole: settings that need a restart stay in it as they were.
/// </summary>
internal sealed class ConfigReload(ConfigStore store, ConfigSources sources, ConfigCheck check, TimeProvider time)
{
    private readonly ConfigChecker _checker = new(sources, check, time);
    private volatile JsonObject _overrides = [];
    private volatile ConfigState _state = new(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>How the file stands to what is in force.</summary>
    public ConfigState State => _state;

    /// <summary>What calls have changed for as long as the gateway runs; replaced, never changed.</summary>
    public JsonObject Overrides => _overrides;

    /// <summary>Called when the file has settings that wait for a restart.</summary>
    public Action RestartNeeded { get; init; } = () => { };

    /// <summary>The configuration that a content of the files makes; nothing is changed.</summary>
    /// <exception cref="ConfigException">A gateway would not start with it.</exception>
    public Task<ConfigSnapshot> CheckAsync(ConfigContent content, CancellationToken ct) => CheckAsync(content, _overrides, ct);

    /// <summary>The same with other overrides.</summary>
    public Task<ConfigSnapshot> CheckAsync(ConfigContent content, JsonObject overrides, CancellationToken ct) => _checker.CheckAsync(content, overrides, ct);

    /// <summary>Puts a checked configuration in force, but for what has to wait for a restart; gives the settings that changed.</summary>
    /// <param name="waits">True where everything has to wait.</param>
    public IReadOnlyList<ConfigPath> Take(ConfigSnapshot next, bool waits = false) => Take(next, waits, []);

    /// <summary>Puts overrides in force, and nothing else that waits for a restart; gives the settings that changed.</summary>
    /// <param name="overrides">All of them.</param>
    /// <param name="next">The checked configuration with them.</param>
    /// <param name="changed">Those that are others now.</param>
    public IReadOnlyList<ConfigPath> Override(JsonObject overrides, ConfigSnapshot next, IReadOnlyList<ConfigPath> changed)
    {
        _overrides = overrides;
        return Take(next, store.Current.Config.Gateway.Reload.Mode == GatewayReloadConfig.Restart, changed);
    }

    private IReadOnlyList<ConfigPath> Take(ConfigSnapshot next, bool waits, IReadOnlyList<ConfigPath> atOnce)
    {
        var before = store.Current;
        var changed = ConfigDiff.Between(before.Effective, next.Effective);
        ConfigPath[] held = [.. changed.Where(path => ReloadRules.KindOf(path, before.Config.Gateway.Auth, next.Config.Gateway.Auth) is var kind
            && (kind == ReloadKind.Restart || (waits && kind == ReloadKind.Hot && !atOnce.Any(now => path.IsWithin(now.Segments) || path.IsAround(now.Segments)))))];
        if (held.Length > 0 && Hold(before, next, held) is { } mixed)
        {
            next = mixed;
        }
        else if (held.Length > 0)
        {
            (held, next) = ([.. changed], before);
        }

        _state = new ConfigState(time.GetUtcNow().ToUnixTimeMilliseconds()) { RestartNeeded = held };
        return store.Swap(next);
    }

    /// <summary>Remembers what is wrong with the file; what is in force stays.</summary>
    public void Refuse(IReadOnlyList<ConfigProblem> problems) => _state = _state with { Problems = problems };

    /// <summary>The file is again what is in force.</summary>
    public void Forgive() => _state = _state with { Problems = [] };

    /// <summary>The new configuration with some settings as they are; null where the two do not go together.</summary>
    private ConfigSnapshot? Hold(ConfigSnapshot before, ConfigSnapshot next, IReadOnlyList<ConfigPath> held)
    {
        var mixed = ConfigLoader.Mixed(HeldSettings.Mix(before.Effective, next.Effective, held), HeldSettings.Origins(before, next, held), next.References.And(before.References), next);
        return mixed is not null && !_checker.ProblemsOf(mixed.Config).Any() ? mixed : null;
    }
}
