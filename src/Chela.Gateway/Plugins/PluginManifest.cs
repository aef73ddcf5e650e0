using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Plugins;

/// <summary>What the file <c>plugin.json</c> in the folder of a plugin says.</summary>
/// <param name="Id">The plugin, by the name of its folder.</param>
/// <param name="Assembly">The file of its code, in the same folder.</param>
internal sealed record PluginManifest(string Id, string Assembly)
{
    public const string FileName = "plugin.json";

    public string? Name { get; init; }

    public string? Version { get; init; }
}

/// <summary>A plugin cannot be used.</summary>
/// <param name="problem">Why, with the file.</param>
/// <param name="remedy">What helps.</param>
internal sealed class PluginException(string problem, string remedy) : Exception($"{problem}; {remedy}")
{
    public string Problem => problem;

    public string Remedy => remedy;
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PluginManifest))]
internal sealed partial class PluginJson : JsonSerializerContext;
