using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.References;

/// <summary>Puts what the references of the file stand for in their places.</summary>
/// <param name="variables">The environment.</param>
/// <param name="problems">Gets what cannot be resolved.</param>
internal sealed class ReferenceResolver(IReadOnlyDictionary<string, string> variables, List<ConfigProblem> problems)
{
    private readonly List<ConfigReference> _references = [];
    private readonly HashSet<string> _unresolved = new(StringComparer.Ordinal);

    /// <summary>What was resolved.</summary>
    public ConfigReferences References => new(_references);

    /// <summary>True where a reference cannot be resolved, so that nothing more can be said of the value.</summary>
    public bool IsUnresolved(string pointer) => _unresolved.Contains(pointer);

    public LayerValues Resolve(LayerValues layer) => layer with { Values = Object(layer.Values, "", layer) };

    private JsonObject Object(JsonObject settings, string pointer, LayerValues layer) =>
        new(settings.Select(setting => KeyValuePair.Create(setting.Key, Value(setting.Value, ConfigPointer.Child(pointer, setting.Key), layer))));

    private JsonNode? Value(JsonNode? value, string pointer, LayerValues layer) => value switch
    {
        JsonObject settings => Object(settings, pointer, layer),
        JsonArray list => new JsonArray([.. list.Select((item, place) => Value(item, ConfigPointer.Child(pointer, place), layer))]),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Text(text, pointer, layer),
        _ => value?.DeepClone(),
    };

    private JsonNode Text(JsonValue written, string pointer, LayerValues layer)
    {
        var text = written.GetValue<string>();
        var missing = new List<string>();
        var value = VariableText.Expand(text, variables, missing);
        if (missing.Count > 0)
        {
            Refuse(layer, pointer, $"needs the variable {string.Join(", ", missing.Distinct())}, which is not set; set it in the environment or in .env beside the state");
        }
        else if (value != text)
        {
            _references.Add(new ConfigReference(pointer, written.DeepClone(), value));
        }

        return value;
    }

    private void Refuse(LayerValues layer, string pointer, string message)
    {
        _unresolved.Add(pointer);
        problems.Add(new ConfigProblem(layer.Layer, layer.Place(pointer, false), ConfigPointer.ToDotted(pointer), message));
    }
}
