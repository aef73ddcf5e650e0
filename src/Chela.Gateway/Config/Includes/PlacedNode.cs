using System.Globalization;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Includes;

/// <summary>A value that may be made up of several files, and where each part of it stands.</summary>
/// <param name="source">The file that it stands in.</param>
/// <param name="pointer">What that file calls it.</param>
internal sealed class PlacedNode(LayerValues source, string pointer)
{
    private JsonNode? _value;
    private OrderedDictionary<string, PlacedNode>? _members;
    private List<PlacedNode>? _items;

    /// <summary>A text, a number, a truth value or nothing.</summary>
    public static PlacedNode Leaf(JsonNode? value, LayerValues source, string pointer) => new(source, pointer) { _value = value };

    public static PlacedNode Object(IEnumerable<KeyValuePair<string, PlacedNode>> members, LayerValues source, string pointer) =>
        new(source, pointer) { _members = new(members, StringComparer.Ordinal) };

    public static PlacedNode List(IEnumerable<PlacedNode> items, LayerValues source, string pointer) => new(source, pointer) { _items = [.. items] };

    /// <summary>This with another laid over it: objects merge, lists are joined, anything else is replaced.</summary>
    public PlacedNode With(PlacedNode over)
    {
        if (_items is { } items && over._items is { } more)
        {
            over._items = [.. items, .. more];
        }
        else if (_members is { } members && over._members is { } others)
        {
            over._members = new(members, StringComparer.Ordinal);
            foreach (var (name, value) in others)
            {
                over._members[name] = members.TryGetValue(name, out var below) ? below.With(value) : value;
            }
        }

        return over;
    }

    public JsonNode? ToJson() =>
        _members is { } members ? new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value.ToJson())))
        : _items is { } items ? new JsonArray([.. items.Select(item => item.ToJson())])
        : _value?.DeepClone();

    /// <summary>Names the place of a part, or of what is around it where there is no such part.</summary>
    /// <param name="path">The names that lead to the part.</param>
    /// <param name="ofName">Whether its name is meant, not its value.</param>
    public string Place(ReadOnlySpan<string> path, bool ofName)
    {
        var below = path.IsEmpty ? null
            : _items is { } items && int.TryParse(path[0], NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? items.ElementAtOrDefault(place)
            : _members?.GetValueOrDefault(path[0]);
        return below is null ? source.Place(pointer, ofName) : below.Place(path[1..], ofName);
    }
}
