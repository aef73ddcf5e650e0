using System.Globalization;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.References;

namespace Chela.Gateway.Config.Editing;

/// <summary>One change of the configuration.</summary>
/// <param name="Path">The names on the way to the value; in a list the place from 0, or <see cref="Append"/>.</param>
/// <param name="Value">The new value; null takes away what is there. No setting is ever null.</param>
internal sealed record ConfigEdit(IReadOnlyList<string> Path, JsonNode? Value)
{
    /// <summary>The place behind the last item of a list.</summary>
    public const string Append = "-";

    /// <summary>The dotted key, for messages.</summary>
    public string Key => ConfigPointer.ToDotted(ConfigPointer.FromSegments(Path));

    public static ConfigEdit Set(JsonNode value, params IReadOnlyList<string> path) => new(path, value);

    public static ConfigEdit Unset(params IReadOnlyList<string> path) => new(path, null);

    /// <summary>The same change, with the references of the file in place of the values that they stand for.</summary>
    public ConfigEdit Keeping(ConfigReferences references) => this with { Value = references.Restored(Value, ConfigPointer.FromSegments(Path)) };

    /// <summary>The value in as much around it as the path has from a depth on.</summary>
    public JsonNode Nested(int depth) => Path.Skip(depth).Reverse().Aggregate(
        Value!.DeepClone(), (inner, name) => name == Append ? new JsonArray(inner) : new JsonObject { [name] = inner });

    /// <summary>What the settings are after this change. A value that stands in the way of the path gives way.</summary>
    /// <exception cref="RpcException">A list has no such place.</exception>
    public JsonObject ApplyTo(JsonObject settings)
    {
        var copy = settings.DeepClone().AsObject();
        Apply(copy, 0);
        return copy;
    }

    private void Apply(JsonNode parent, int depth)
    {
        var isLast = depth == Path.Count - 1;
        if (!isLast && Child(parent, Path[depth]) is { } below and (JsonObject or JsonArray))
        {
            Apply(below, depth + 1);
        }
        else if (Value is not null)
        {
            Put(parent, Path[depth], Nested(depth + 1));
        }
        else if (isLast)
        {
            Remove(parent, Path[depth]);
        }
    }

    private JsonNode? Child(JsonNode parent, string name) => parent switch
    {
        JsonObject settings => settings[name],
        JsonArray list when PlaceIn(list, name) is var place && place < list.Count => list[place],
        _ => null,
    };

    private void Put(JsonNode parent, string name, JsonNode value)
    {
        if (parent is JsonObject settings)
        {
            settings[name] = value;
        }
        else if (parent is JsonArray list && PlaceIn(list, name) is var place && place < list.Count)
        {
            list[place] = value;
        }
        else
        {
            parent.AsArray().Add(value);
        }
    }

    private void Remove(JsonNode parent, string name)
    {
        if (parent is JsonObject settings)
        {
            settings.Remove(name);
        }
        else if (parent is JsonArray list && PlaceIn(list, name) is var place && place < list.Count)
        {
            list.RemoveAt(place);
        }
    }

    private int PlaceIn(JsonArray list, string name) =>
        name == Append ? list.Count
        : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place <= list.Count ? place
        : throw new RpcException(RpcErrorKind.InvalidRequest, $"{Key}: the list has {list.Count} items, counted from 0");
}
