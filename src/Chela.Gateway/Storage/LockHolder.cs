using System.Text.Json.Serialization;

namespace Chela.Gateway.Storage;

/// <summary>What the gateway that holds a state directory says of itself.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="StartedAtMs">When it took the lock, in milliseconds since 1970.</param>
/// <param name="Url">Where it listens; null until it does.</param>
internal sealed record LockHolder(int Pid, long StartedAtMs, string? Url)
{
    /// <summary>SHA-256 of the certificate that it shows there, in lower-case hexadecimal; null without TLS.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TlsFingerprint { get; init; }
}

/// <summary>JSON of this slice.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LockHolder))]
internal sealed partial class StorageJson : JsonSerializerContext;
