using System.Text.Json;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Hosting.Desk;

/// <summary>Compares configurations for people.</summary>
internal static class ConfigDifferences
{
    /// <summary>Each setting that differs; a secret that differs is told, and not shown.</summary>
    public static IReadOnlyList<ConfigDifference> Between(JsonElement before, JsonElement after)
    {
        var (shownBefore, shownAfter) = (Redaction.Of(before), Redaction.Of(after));
        return [.. Paths(before, after).Select(path => new ConfigDifference(path.ToString(), ConfigPointer.Find(shownBefore, path.Segments), ConfigPointer.Find(shownAfter, path.Segments)))];
    }

    /// <summary>The narrowest settings that differ, also where only one of the two has what is around them.</summary>
    public static IEnumerable<ConfigPath> Paths(JsonElement before, JsonElement after) => ConfigDiff.Between(before, after)
        .SelectMany(path => Leaves(path, (ConfigPointer.Find(after, path.Segments) ?? ConfigPointer.Find(before, path.Segments))!.Value));

    private static IEnumerable<ConfigPath> Leaves(ConfigPath path, JsonElement value) => value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() > 0
        ? value.EnumerateObject().SelectMany(setting => Leaves(new ConfigPath([.. path.Segments, setting.Name]), setting.Value))
        : [path];
}
