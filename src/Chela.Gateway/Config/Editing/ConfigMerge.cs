using System.Text.Json.Nodes;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Config.Editing;

/// <summary>
/// Lays a patch over settings: objects merge, null takes away, anything else replaces. Lists of objects with an <c>id</c> merge by it. What a list
/// would lose is refused, unless the list is named among those that may be replaced (06-config § 7).
/// </summary>
/// <param name="replaced">The lists that may lose items; below items of a list that merges, its name ends with <c>[]</c>.</param>
internal sealed class ConfigMerge(IReadOnlyCollection<string> replaced)
{
    /// <summary>The settings after the patch.</summary>
    /// <exception cref="RpcException">It would take away what nobody named.</exception>
    public JsonObject Merge(JsonObject settings, JsonObject patch) => Merge(settings, patch, "");

    private JsonObject Merge(JsonObject settings, JsonObject patch, string above)
    {
        var merged = settings.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            var path = above.Length == 0 ? name : $"{above}.{name}";
            var old = settings[name];
            if (value is null)
            {
                RefuseLoss(old, path);
                merged.Remove(name);
            }
            else
            {
                merged[name] = Merged(old, value, path);
            }
        }

        return merged;
    }

    private JsonNode Merged(JsonNode? old, JsonNode value, string path) => (old, value) switch
    {
        (JsonObject before, JsonObject patch) => Merge(before, patch, path),
        (_, JsonObject patch) => Merge([], patch, path),
        (JsonArray before, JsonArray list) when !replaced.Contains(path) => Merge(before, list, path),
        (JsonArray, JsonArray) => value.DeepClone(),
        _ => Replaced(old, value, path),
    };

    private JsonArray Merge(JsonArray before, JsonArray list, string path)
    {
        if (!HasIds(before) || !HasIds(list))
        {
            return before.All(item => list.Any(other => JsonNode.DeepEquals(item, other))) ? list.DeepClone().AsArray() : throw Refusal(path);
        }

        var merged = before.DeepClone().AsArray();
        foreach (var item in list.Select(item => item!.AsObject()))
        {
            var place = before.Index().FirstOrDefault(other => IdOf(other.Item) == IdOf(item), (-1, null)).Index;
            if (place < 0)
            {
                merged.Add(item.DeepClone());
            }
            else
            {
                merged[place] = Merge(before[place]!.AsObject(), item, $"{path}[]");
            }
        }

        return merged;
    }

    private JsonNode Replaced(JsonNode? old, JsonNode value, string path)
    {
        RefuseLoss(old, path);
        return value.DeepClone();
    }

    /// <summary>What is taken away may hold lists however deep; whoever names what is around them has not named them.</summary>
    private void RefuseLoss(JsonNode? old, string path)
    {
        switch (old)
        {
            case JsonArray { Count: > 0 } when !replaced.Contains(path):
                throw Refusal(path);
            case JsonObject settings:
                foreach (var (name, value) in settings)
                {
                    RefuseLoss(value, $"{path}.{name}");
                }

                break;
            default:
                break;
        }
    }

    private static bool HasIds(JsonArray list) => list.Count > 0 && list.All(item => IdOf(item) is not null);

    private static string? IdOf(JsonNode? item) => item is JsonObject settings && settings["id"] is JsonValue id && id.TryGetValue<string>(out var text) ? text : null;

    private static RpcException Refusal(string path) => new(
        RpcErrorKind.InvalidRequest, $"config.patch would remove items from the list {path}; name it in replacePaths to replace it whole");
}
