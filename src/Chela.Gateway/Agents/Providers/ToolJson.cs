using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers;

/// <summary>JSON types of calls of tools.</summary>
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(string))]
internal sealed partial class ToolJson : JsonSerializerContext;
