using System.Text.Json;

namespace Chela.Gateway.Config.Reloading;

/// <summary>Where two configurations differ.</summary>
internal static class ConfigDiff
{
    /// <summary>The narrowest settings that differ, in the order of the first configuration. A list is one setting.</summary>
    public static IReadOnlyList<ConfigPath> Between(JsonElement before, JsonElement after)
    {
        var found = new List<ConfigPath>();
        Compare(before, after, [], found);
        return found;
    }

    private static void Compare(JsonElement before, JsonElement after, string[] above, List<ConfigPath> found)
    {
        foreach (var name in before.EnumerateObject().Concat(after.EnumerateObject()).Select(property => property.Name).Distinct())
        {
            string[] path = [.. above, name];
            var (isBefore, isAfter) = (before.TryGetProperty(name, out var old), after.TryGetProperty(name, out var now));
            if (isBefore && isAfter && (old.ValueKind, now.ValueKind) == (JsonValueKind.Object, JsonValueKind.Object))
            {
                Compare(old, now, path, found);
            }
            else if (!isBefore || !isAfter || !JsonElement.DeepEquals(old, now))
            {
                found.Add(new ConfigPath(path));
            }
        }
    }
}
