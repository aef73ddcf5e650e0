using System.Globalization;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Editing;

/// <summary>The changes that lead from some settings to others, as narrow as can be: what stays keeps its comments.</summary>
internal static class ConfigEdits
{
    public static IReadOnlyList<ConfigEdit> Between(JsonObject before, JsonObject after)
    {
        var edits = new List<ConfigEdit>();
        Compare(before, after, [], edits);
        return edits;
    }

    private static void Compare(JsonObject before, JsonObject after, string[] above, List<ConfigEdit> edits)
    {
        edits.AddRange(before.Where(setting => !after.ContainsKey(setting.Key)).Select(setting => ConfigEdit.Unset([.. above, setting.Key])));
        foreach (var (name, value) in after)
        {
            Compare(before[name], value!, [.. above, name], edits);
        }
    }

    private static void Compare(JsonNode? before, JsonNode after, string[] path, List<ConfigEdit> edits)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return;
        }

        switch (before, after)
        {
            case (JsonObject old, JsonObject now):
                Compare(old, now, path, edits);
                break;
            case (JsonArray { Count: > 0 } old, JsonArray now) when now.Count >= old.Count && old.All(item => item is JsonObject):
                foreach (var (place, item) in now.Index())
                {
                    var step = place < old.Count ? place.ToString(CultureInfo.InvariantCulture) : ConfigEdit.Append;
                    Compare(place < old.Count ? old[place] : null, item!, [.. path, step], edits);
                }

                break;
            default:
                edits.Add(ConfigEdit.Set(after, path));
                break;
        }
    }
}
