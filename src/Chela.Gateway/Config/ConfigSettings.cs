using System.Text.Json.Nodes;

namespace Chela.Gateway.Config;

/// <summary>Turns texts that name one setting each, from the environment and the command line, into layers.</summary>
internal sealed class ConfigSettings(ConfigKeys keys)
{
    /// <summary>What every environment variable of the gateway begins with.</summary>
    public const string Prefix = "CHELA_";

    private const string Nesting = "__";

    /// <summary>
    /// Reads <c>CHELA_GATEWAY__PORT</c> and its like. A variable without <c>__</c> is configuration only where it names a value
    /// at the root; all others (<c>CHELA_STATE_DIR</c>, <c>CHELA_TOKEN</c>, …) belong to programs.
    /// </summary>
    public LayerValues ReadEnvironment(IReadOnlyDictionary<string, string> environment, List<ConfigProblem> problems)
    {
        var layer = new Layer(ConfigLayer.Environment, problems);
        foreach (var (variable, value) in environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var name = variable[Prefix.Length..];
            if (!name.Contains(Nesting, StringComparison.Ordinal) && !keys.IsTopLevelValue(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (keys.Find(name.Split(Nesting), StringComparison.OrdinalIgnoreCase, out var path, out var refusal) is not { } key)
            {
                layer.Refuse(variable, path, refusal);
            }
            else if (layer.PlaceOf(key) is { } other)
            {
                // Which of the two would win depends on nothing that a person can see.
                layer.Refuse(variable, path, $"is already set by {other}");
            }
            else
            {
                layer.Set(key, value, variable);
            }
        }

        return layer.Values;
    }

    /// <summary>Reads dotted keys with values; the last one for a key wins.</summary>
    public LayerValues ReadOverrides(IReadOnlyList<ConfigOverride> overrides, List<ConfigProblem> problems)
    {
        var layer = new Layer(ConfigLayer.CommandLine, problems);
        foreach (var given in overrides)
        {
            if (keys.Find(given.Path.Split('.'), StringComparison.Ordinal, out var path, out var refusal) is { } key)
            {
                layer.Set(key, given.Value, given.Option);
            }
            else
            {
                layer.Refuse(given.Option, path, refusal);
            }
        }

        return layer.Values;
    }

    /// <summary>Collects the settings of one layer.</summary>
    private sealed class Layer(ConfigLayer layer, List<ConfigProblem> problems)
    {
        private readonly JsonObject _values = [];
        private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);

        public LayerValues Values => new(layer, _values, (pointer, _) => PlaceOf(pointer));

        public string? PlaceOf(ConfigKey key) => _places.GetValueOrDefault(ConfigPointer.FromSegments(key.Segments));

        public void Refuse(string place, string path, string message) => problems.Add(new ConfigProblem(layer, place, path, message));

        public void Set(ConfigKey key, string text, string place)
        {
            var parent = _values;
            foreach (var segment in key.Segments.SkipLast(1))
            {
                parent[segment] ??= new JsonObject();
                parent = parent[segment]!.AsObject();
            }

            parent[key.Segments[^1]] = SettingValue.Of(key, text);
            _places[ConfigPointer.FromSegments(key.Segments)] = place;
        }

        // What is wrong inside a list stands in the variable that gives the list; what is wrong with the whole may stand in any.
        private string PlaceOf(string pointer) =>
            _places.TryGetValue(pointer, out var place) ? place
            : pointer.Length == 0 ? string.Join(", ", _places.Values)
            : PlaceOf(ConfigPointer.Parent(pointer));
    }
}
