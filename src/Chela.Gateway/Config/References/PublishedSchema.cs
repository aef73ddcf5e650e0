using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config.Secrets;

namespace Chela.Gateway.Config.References;

/// <summary>
/// What the file may hold, as editors and forms read it: where the text of a secret can stand, a reference to it can stand too. The checks
/// themselves never see one, as it is resolved before them.
/// </summary>
internal static class PublishedSchema
{
    private const string Definitions = "$defs";
    private const string Name = "secretReference";

    public static JsonElement Of(JsonElement schema)
    {
        var published = Opened(JsonObject.Create(schema)!, isSecret: false);
        published[Definitions] = new JsonObject { [Name] = Reference() };
        return JsonElement.Parse(published.ToJsonString());
    }

    private static JsonObject Opened(JsonObject schema, bool isSecret)
    {
        var opened = new JsonObject();
        foreach (var (word, value) in schema)
        {
            opened[word] = (word, value) switch
            {
                ("properties", JsonObject settings) => new JsonObject(settings.Select(setting =>
                    KeyValuePair.Create(setting.Key, (JsonNode?)Opened(setting.Value!.AsObject(), isSecret || SecretNames.IsSecret(setting.Key))))),
                ("items" or "additionalProperties", JsonObject shared) => Opened(shared, isSecret),
                _ => value?.DeepClone(),
            };
        }

        return isSecret && IsText(schema) ? OrReference(opened) : opened;
    }

    private static JsonObject OrReference(JsonObject text)
    {
        var either = new JsonObject();
        if (text.Remove("description", out var description))
        {
            either["description"] = description;
        }

        either["anyOf"] = new JsonArray(text, new JsonObject { ["$ref"] = $"#/{Definitions}/{Name}" });
        return either;
    }

    private static bool IsText(JsonObject schema) => SettingSchema.Allows(JsonElement.Parse(schema.ToJsonString()), "string");

    private static JsonObject Reference() => new()
    {
        ["description"] = "Says where a secret is that does not stand in the file.",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["source"] = new JsonObject { ["enum"] = new JsonArray(SecretReference.Env, SecretReference.File, SecretReference.Exec) },
            ["id"] = new JsonObject { ["description"] = "The variable, the absolute path of the file, or that of the program.", ["type"] = "string" },
            ["provider"] = new JsonObject { ["const"] = "default" },
            ["args"] = new JsonObject
            {
                ["description"] = "What the program is called with.",
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "string" },
                ["maxItems"] = SecretReference.MaxArgs,
            },
        },
        ["required"] = new JsonArray("source", "id"),
        ["additionalProperties"] = false,
    };
}
