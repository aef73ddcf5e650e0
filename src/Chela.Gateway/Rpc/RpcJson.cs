using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Rpc;

/// <summary>JSON types of this slice. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MissingScope))]
[JsonSerializable(typeof(RateLimitDetails))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(SchemaParams))]
[JsonSerializable(typeof(SchemaResult))]
internal sealed partial class RpcJson : JsonSerializerContext;
