using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Config;

/// <summary>How configuration is read and written.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChelaConfig))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ConfigJson : JsonSerializerContext;
