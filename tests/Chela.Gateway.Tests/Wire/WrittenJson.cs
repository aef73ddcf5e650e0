using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Tests.Wire;

/// <summary>JSON types of these tests.</summary>
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class WrittenJson : JsonSerializerContext;
