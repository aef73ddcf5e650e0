using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Migrations;

/// <summary>Settings on their way to another form, and what was done to them; never a value, which may be a secret.</summary>
internal sealed class MigrationDraft(JsonObject settings)
{
    private readonly List<string> _notes = [];

    public JsonObject Settings => settings;

    public IReadOnlyList<string> Notes => _notes;

    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>The object at a dotted key; null where there is none.</summary>
    public JsonObject? Object(string key) => key.Split('.').Aggregate((JsonNode?)settings, (at, name) => (at as JsonObject)?[name]) as JsonObject;

    /// <summary>Takes a setting to another key, unless that is set too: what has the new name was meant last.</summary>
    public void Move(string from, string to)
    {
        if (Take(from) is not { } value)
        {
            return;
        }

        var (parent, name) = (Around(to), to[(to.LastIndexOf('.') + 1)..]);
        Note(parent?.ContainsKey(name) == false ? $"{from} is now {to}" : $"{from} was taken out: {to} is set too");
        parent?.TryAdd(name, value);
    }

    /// <summary>Takes a setting out, and with it what is empty then around it.</summary>
    public void Drop(string key, string why)
    {
        if (Take(key) is not null)
        {
            Note($"{key} was taken out: {why}");
        }
    }

    /// <summary>Takes away an object that holds nothing any more.</summary>
    public void DropEmpty(string key)
    {
        if (settings[key] is JsonObject { Count: 0 })
        {
            settings.Remove(key);
        }
    }

    /// <summary>Writes a newer word for an older one.</summary>
    public void Reword(JsonObject parent, string name, string key, IReadOnlyDictionary<string, string> words)
    {
        if (parent[name] is JsonValue value && value.TryGetValue<string>(out var old) && words.TryGetValue(old, out var word))
        {
            parent[name] = word;
            Note($"{key}: '{old}' is now '{word}'");
        }
    }

    private JsonNode? Take(string key)
    {
        var dot = key.LastIndexOf('.');
        var parent = dot < 0 ? settings : Object(key[..dot]);
        var value = parent?[key[(dot + 1)..]];
        parent?.Remove(key[(dot + 1)..]);
        return value;
    }

    /// <summary>The object that holds a key, made where there is none; null where a value stands in its way.</summary>
    private JsonObject? Around(string key)
    {
        JsonObject? at = settings;
        foreach (var name in key.Split('.').SkipLast(1))
        {
            at?.TryAdd(name, new JsonObject());
            at = at?[name] as JsonObject;
        }

        return at;
    }
}
