using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.References;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Hosting;

/// <summary>
/// Puts back what a client was not shown, where it sends what stands in its place (06-config § 6): secrets, and the references of values that it
/// leaves as they are.
/// </summary>
internal static class ConfigSecrets
{
    /// <summary>The settings with what is stored in place of each placeholder.</summary>
    /// <param name="references">Those of the configuration in force.</param>
    /// <exception cref="RpcException">There is nothing stored at the place of one.</exception>
    public static JsonObject Restored(JsonObject given, JsonObject stored, ConfigReferences references)
    {
        var shown = JsonObject.Create(Redaction.Of(JsonElement.Parse(stored.ToJsonString())))!;
        return references.Restored(Restored(given, shown, stored, []), "")!.AsObject();
    }

    private static JsonNode? Restored(JsonNode? given, JsonNode? shown, JsonNode? stored, string[] path)
    {
        switch (given)
        {
            case JsonObject settings:
                return new JsonObject(settings.Select(pair => KeyValuePair.Create(
                    pair.Key, Restored(pair.Value, (shown as JsonObject)?[pair.Key], (stored as JsonObject)?[pair.Key], [.. path, pair.Key]))));
            case JsonArray list:
                return new JsonArray([.. list.Index().Select(item => Restored(
                    item.Item, At(shown, item.Index), At(stored, item.Index), [.. path, item.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)]))]);
            case JsonValue text when text.TryGetValue<string>(out var value) && value.Contains(Redaction.Placeholder, StringComparison.Ordinal):
                return JsonNode.DeepEquals(given, shown) && stored is not null ? stored.DeepClone() : throw new RpcException(
                    RpcErrorKind.InvalidRequest, $"{new ConfigPath(path)}: holds {Redaction.Placeholder}, but there is no secret to put in its place; give the value");
            default:
                return given?.DeepClone();
        }
    }

    private static JsonNode? At(JsonNode? list, int place) => list is JsonArray items && place < items.Count ? items[place] : null;
}
