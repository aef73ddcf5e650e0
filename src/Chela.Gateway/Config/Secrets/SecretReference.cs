using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Config.Secrets;

/// <summary>Says where a secret is that does not stand in the file: <c>{ "source": "env", "id": "OPENAI_API_KEY" }</c>, in the form of OpenClaw.</summary>
/// <param name="Source"><c>env</c>, <c>file</c> or <c>exec</c>.</param>
/// <param name="Id">The variable, the path of the file, or that of the program.</param>
/// <param name="Args">What the program is called with.</param>
internal sealed partial record SecretReference(string Source, string Id, IReadOnlyList<string> Args)
{
    public const string Env = "env";
    public const string File = "file";
    public const string Exec = "exec";

    public const int MaxArgs = 64;

    /// <summary>Two references of the same key name the same secret.</summary>
    public string Key => JsonSerializer.Serialize([Source, Id, .. Args], ConfigJson.Default.StringArray);

    /// <summary>True for an object that can be nothing but a reference.</summary>
    public static bool IsOne(JsonNode? value) =>
        value is JsonObject settings && settings["source"] is JsonValue source && source.GetValueKind() == JsonValueKind.String
        && source.GetValue<string>() is Env or File or Exec && settings.ContainsKey("id");

    /// <summary>Reads a reference; null where it is wrong.</summary>
    /// <param name="problem">What is wrong.</param>
    public static SecretReference? Read(JsonObject value, out string problem)
    {
        var (source, id, args) = (Text(value["source"]), Text(value["id"]), Texts(value["args"]));
        problem = source is not (Env or File or Exec) ? "must have a source that is env, file or exec"
            : value.FirstOrDefault(member => member.Key is not ("source" or "id" or "provider" or "args")) is { Key: { } other } ? $"must not have '{other}'; a reference has source, id and, for a program, args"
            : value["provider"] is { } provider && Text(provider) != "default" ? "must have no provider but 'default'"
            : id is null ? "must have an id that is text"
            : args is null || (args.Count > 0 && source != Exec) ? $"must have args that are at most {MaxArgs} texts, and only for a program"
            : source == Env && !Variable().IsMatch(id) ? "must have the name of a variable as its id: A-Z, 0-9 and _, not beginning with a digit"
            : source != Env && !Path.IsPathFullyQualified(id) ? "must have an absolute path as its id"
            : "";
        return problem.Length == 0 ? new SecretReference(source!, id!, args!) : null;
    }

    private static string? Text(JsonNode? value) => value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : null;

    private static IReadOnlyList<string>? Texts(JsonNode? value) =>
        value is null ? [] : value is JsonArray { Count: <= MaxArgs } list && list.All(item => Text(item) is not null) ? [.. list.Select(item => Text(item)!)] : null;

    [GeneratedRegex("^[A-Z_][A-Z0-9_]*$")]
    private static partial Regex Variable();
}
