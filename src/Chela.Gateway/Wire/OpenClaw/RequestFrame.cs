using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Wire.OpenClaw;

/// <summary>A request as the protocol's schema has it. Only read when a frame is refused, to name every fault.</summary>
internal sealed record RequestFrame(
    [property: AllowedValues("req")] string Type,
    [property: MinLength(1)] string Id,
    [property: MinLength(1)] string Method)
{
    public static readonly JsonShape Shape = new(OpenClawJson.Default.RequestFrame);

    public JsonElement? Params { get; init; }

    [MaxLength(128)]
    public string? Traceparent { get; init; }

    [StringLength(128, MinimumLength = 1)]
    public string? ExpectedProfileId { get; init; }
}

/// <summary>JSON types of the dialect.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RequestFrame))]
[JsonSerializable(typeof(ConnectParams))]
[JsonSerializable(typeof(HelloOk))]
[JsonSerializable(typeof(V3.HelloOkV3))]
[JsonSerializable(typeof(V3.PairingDetails))]
[JsonSerializable(typeof(PresenceParams))]
[JsonSerializable(typeof(IReadOnlyList<PresenceEntry>))]
[JsonSerializable(typeof(RefusalDetails))]
[JsonSerializable(typeof(ProtocolMismatch))]
[JsonSerializable(typeof(StartDetails))]
internal sealed partial class OpenClawJson : JsonSerializerContext;
