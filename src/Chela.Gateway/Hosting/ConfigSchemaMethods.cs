using System.Globalization;
using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Config.References;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>config.schema</c>: none.</summary>
internal sealed record ConfigSchemaParams;

/// <summary>What the configuration may hold.</summary>
internal sealed record ConfigSchemaView(
    JsonElement Schema, IReadOnlyDictionary<string, ConfigHint> UiHints, string Version, string GeneratedAt);

/// <summary>What a form shows beside a setting.</summary>
internal sealed record ConfigHint
{
    public string? Help { get; init; }

    public bool? Sensitive { get; init; }

    /// <summary>The hint for a setting of that name and schema.</summary>
    public static ConfigHint Of(string name, JsonElement schema) => new()
    {
        Help = schema.TryGetProperty("description", out var help) ? help.GetString() : null,
        Sensitive = SecretNames.IsSecret(name) ? true : null,
    };
}

/// <summary>Says what the configuration may hold.</summary>
internal sealed class ConfigSchemaMethods(TimeProvider time) : IMethodModule
{
    private readonly Lazy<ConfigLoader> _loader = new(() => new ConfigLoader());

    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("config.schema", OperatorScopes.Read, json.ConfigSchemaParams, json.ConfigSchemaView, Describe) with
        {
            Summary = "What the configuration may hold.",
        });
        methods.Add(MethodMap.Method("config.schema.lookup", OperatorScopes.Read, json.ConfigSchemaLookupParams, json.ConfigSchemaPart, LookUp) with
        {
            Summary = "What one setting may be, and which settings are in it.",
        });
    }

    private ValueTask<ConfigSchemaView> Describe(ConfigSchemaParams parameters, CallContext context, CancellationToken ct)
    {
        var hints = _loader.Value.Keys.All.ToDictionary(key => key.Path, key => ConfigHint.Of(key.Segments[^1], key.Schema));
        return new(new ConfigSchemaView(PublishedSchema.Of(_loader.Value.Schema), hints, Hello.Version, time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
    }

    private ValueTask<ConfigSchemaPart> LookUp(ConfigSchemaLookupParams parameters, CallContext context, CancellationToken ct) =>
        new(new ConfigSchemaLookup(_loader.Value.Schema).Find(parameters.Path) ?? throw new RpcException(RpcErrorKind.InvalidRequest, "config schema path not found"));
}
