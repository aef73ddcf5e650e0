using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Tests.Schema;

internal enum Level
{
    Low,
    High,
}

internal sealed record Peer([MinLength(1)] string Id, string? Label = null);

internal sealed record Branch(int Value, Branch? Left = null, IReadOnlyList<Branch>? More = null);

[Description("Everything that a method may ask for.")]
internal sealed record Sample(
    [MinLength(1), MaxLength(5), Description("A short name.")] string Name,
    [Range(1, 200)] int Limit,
    Peer Client,
    bool Deep,
    double Ratio,
    Level Level,
    long? Since = null,
    [AllowedValues("operator", "node")] string? Role = null,
    [AllowedValues("req")] string Type = "req",
    [RegularExpression("[a-z]+")] string? Word = null,
    [MaxLength(2), StringLength(3)] IReadOnlyList<string>? Tags = null,
    IReadOnlyDictionary<string, int>? Counts = null,
    JsonElement? Extra = null,
    DateTimeOffset? At = null,
    byte[]? Data = null,
    [property: JsonPropertyName("a/b~c"), Range(0.5, 2.5)] double Odd = 1,
    Branch? Tree = null);

internal sealed record Settings
{
    public int Port { get; init; } = 7;

    public byte Small { get; init; }

    [Range(0, int.MaxValue)]
    public ulong Big { get; init; }

    public decimal Price { get; init; }
}

internal sealed record OpenSettings
{
    public int Port { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}

internal sealed record Plain(string Name, int Count = 0);

internal sealed record Names(IReadOnlyList<string> All);

internal sealed record Mistaken([EmailAddress] string Mail);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Sample))]
[JsonSerializable(typeof(Settings))]
[JsonSerializable(typeof(OpenSettings))]
[JsonSerializable(typeof(Plain))]
[JsonSerializable(typeof(Names))]
[JsonSerializable(typeof(Branch))]
[JsonSerializable(typeof(Mistaken))]
internal sealed partial class SampleJson : JsonSerializerContext;
