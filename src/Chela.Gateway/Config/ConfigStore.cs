using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Config;

/// <summary>A new snapshot is in force.</summary>
/// <param name="Previous">What was in force until now.</param>
/// <param name="Current">What is in force from now on.</param>
/// <param name="Paths">The settings that differ.</param>
internal sealed record ConfigChange(ConfigSnapshot Previous, ConfigSnapshot Current, IReadOnlyList<ConfigPath> Paths)
{
    /// <summary>True where a setting of that key, or below it, differs.</summary>
    public bool Touches(params string[] key) => Paths.Any(path => path.IsWithin(key) || path.IsAround(key));
}

/// <summary>
/// Holds the one snapshot in force. Reading never waits; work in flight keeps the snapshot that it began with.
/// </summary>
internal sealed class ConfigStore(ConfigSnapshot initial)
{
    private readonly Lock _gate = new();
    private readonly List<Action<ConfigChange>> _subscribers = [];
    private volatile ConfigSnapshot _current = initial;

    public ConfigSnapshot Current => _current;

    /// <summary>
    /// Calls back after every swap that changed something, in the order of registration, until disposed. The callback runs
    /// inside the swap: it must be short and must not throw.
    /// </summary>
    public IDisposable Subscribe(Action<ConfigChange> onChange)
    {
        lock (_gate)
        {
            _subscribers.Add(onChange);
        }

        return new Subscription(this, onChange);
    }

    /// <summary>Puts a snapshot in force and tells the settings that differ from the one before.</summary>
    public IReadOnlyList<ConfigPath> Swap(ConfigSnapshot next)
    {
        // Held during the callbacks, so that two swaps are never told in the wrong order.
        lock (_gate)
        {
            var previous = _current;
            var paths = ConfigDiff.Between(previous.Effective, next.Effective);
            _current = next;
            if (paths.Count > 0)
            {
                var change = new ConfigChange(previous, next, paths);
                foreach (var subscriber in _subscribers.ToArray())
                {
                    subscriber(change);
                }
            }

            return paths;
        }
    }

    private void Unsubscribe(Action<ConfigChange> onChange)
    {
        lock (_gate)
        {
            _subscribers.Remove(onChange);
        }
    }

    private sealed class Subscription(ConfigStore store, Action<ConfigChange> onChange) : IDisposable
    {
        public void Dispose() => store.Unsubscribe(onChange);
    }
}
