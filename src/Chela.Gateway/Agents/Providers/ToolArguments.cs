using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers;

/// <summary>Reads and writes the arguments with which a model calls a tool.</summary>
internal static class ToolArguments
{
    private const string Nothing = "{}";

    /// <summary>
    /// The call. Arguments that are no JSON object are the model's mistake, of which it is told by the tool's result: the call then has an
    /// exception in their place.
    /// </summary>
    public static FunctionCallContent Read(string callId, string name, string arguments)
    {
        try
        {
            var values = JsonSerializer.Deserialize(arguments.Length == 0 ? Nothing : arguments, ToolJson.Default.DictionaryStringJsonElement);
            return new FunctionCallContent(callId, name, (values ?? []).ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.Ordinal));
        }
        catch (JsonException unreadable)
        {
            return new FunctionCallContent(callId, name) { Exception = unreadable };
        }
    }

    /// <summary>The arguments as one JSON object; empty for a call whose arguments could not be read.</summary>
    public static string Write(IDictionary<string, object?>? arguments)
    {
        if (arguments is null)
        {
            return Nothing;
        }

        var values = arguments.ToDictionary(pair => pair.Key, pair => pair.Value is JsonElement value ? value : default, StringComparer.Ordinal);
        return JsonSerializer.Serialize(values, ToolJson.Default.DictionaryStringJsonElement);
    }
}
