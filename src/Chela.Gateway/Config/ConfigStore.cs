using System.Text.Json;

namespace Chela.Gateway.Config;

/// <summary>A new snapshot is in force.</summary>
/// <param name="Previous">What was in force until now.</param>
/// <param name="Current">What is in force from now on.</param>
/// <param name="Sections">The top-level keys whose content differs.</param>
internal sealed record ConfigChange(ConfigSnapshot Previous, ConfigSnapshot Current, IReadOnlySet<string> Sections);

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

    /// <summary>Puts a snapshot in force and tells the top-level sections that differ from the one before.</summary>
    public IReadOnlySet<string> Swap(ConfigSnapshot next)
    {
        // Held during the callbacks, so that two swaps are never told in the wrong order.
        lock (_gate)
        {
            var previous = _current;
            var sections = ChangedSections(previous.Effective, next.Effective);
            _current = next;
            if (sections.Count > 0)
            {
                var change = new ConfigChange(previous, next, sections);
                foreach (var subscriber in _subscribers.ToArray())
                {
                    subscriber(change);
                }
            }

            return sections;
        }
    }

    private static HashSet<string> ChangedSections(JsonElement before, JsonElement after)
    {
        var names = before.EnumerateObject().Concat(after.EnumerateObject()).Select(p => p.Name);
        return [.. names.Where(name => !Same(before, after, name))];
    }

    private static bool Same(JsonElement before, JsonElement after, string section) =>
        before.TryGetProperty(section, out var a) && after.TryGetProperty(section, out var b) && JsonElement.DeepEquals(a, b);

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
