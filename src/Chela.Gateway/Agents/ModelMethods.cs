using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents;

/// <summary>Parameters of <c>models.list</c>.</summary>
internal sealed record ModelsListParams
{
    [Description("Only models of this provider."), MinLength(1)]
    public string? Provider { get; init; }

    [Description("Every view shows the configured models, and those that Ollama has."), AllowedValues("default", "configured", "provider-config", "all")]
    public string? View { get; init; }

    [Description("Accepted: Ollama is asked anew after half a minute, all else at each call.")]
    public bool? Refresh { get; init; }

    [Description("Accepted: all agents have the same models."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Accepted: all sessions have the same models."), MinLength(1)]
    public string? SessionKey { get; init; }

    [Description("Accepted: what is known of a model is always told.")]
    public bool? IncludeDetails { get; init; }

    [Description("Accepted: nothing is known of what providers can do.")]
    public bool? IncludeProviderCapabilities { get; init; }

    [Description("Accepted: the default model is always in the list.")]
    public bool? IncludeDefaultModels { get; init; }

    [Description("Accepted: the list is always ready.")]
    public bool? PreparedOnly { get; init; }
}

/// <summary>Result of <c>models.list</c>.</summary>
internal sealed record ModelsListResult(IReadOnlyList<ModelChoice> Models);

/// <summary>A model that can be used.</summary>
internal sealed record ModelChoice(string Id, string Name, string Provider)
{
    /// <summary>A short name of it.</summary>
    public string? Alias { get; init; }

    /// <summary>False while it is passed over.</summary>
    public bool Available { get; init; }

    /// <summary><c>auth-failed</c> or <c>cooldown</c>.</summary>
    public string? UnavailableReason { get; init; }

    /// <summary>When it is tried again, in milliseconds since 1970.</summary>
    public long? UnavailableUntil { get; init; }

    /// <summary>Tokens; absent when it is not known.</summary>
    public int? ContextWindow { get; init; }

    public bool? Reasoning { get; init; }

    /// <summary>What it reads: <c>text</c>, <c>image</c>, …; absent when it is not known.</summary>
    public IReadOnlyList<string>? Input { get; init; }
}

/// <summary>The models.</summary>
internal sealed class ModelMethods(ProviderCatalog providers, ModelHealth health) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = AgentsJson.Default;
        methods.Add(MethodMap.Method("models.list", OperatorScopes.Read, json.ModelsListParams, json.ModelsListResult, ListAsync) with
        {
            Summary = "List the models that can be used.",
        });
    }

    private async ValueTask<ModelsListResult> ListAsync(ModelsListParams parameters, CallContext context, CancellationToken ct)
    {
        var models = await providers.ListModelsAsync(ct);
        return new ModelsListResult([.. models.Where(model => parameters.Provider is null || model.Provider == parameters.Provider).Select(Choice)]);
    }

    private ModelChoice Choice(ModelInfo model)
    {
        var name = new ModelRef(model.Provider, model.Id);
        var coolDown = health.Find(name);
        return new ModelChoice(model.Id, model.Name, model.Provider)
        {
            Alias = providers.Aliases.Where(alias => alias.Value == name).Select(alias => alias.Key).Order(StringComparer.Ordinal).FirstOrDefault(),
            Available = coolDown is null,
            UnavailableReason = coolDown is null ? null : coolDown.Reason == ProviderErrorKind.Authentication ? "auth-failed" : "cooldown",
            UnavailableUntil = coolDown?.Until.ToUnixTimeMilliseconds(),
            ContextWindow = model.ContextWindow,
            Reasoning = model.Reasoning,
            Input = model.Input,
        };
    }
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelsListParams))]
[JsonSerializable(typeof(ModelsListResult))]
[JsonSerializable(typeof(AgentsListParams))]
[JsonSerializable(typeof(AgentsListResult))]
[JsonSerializable(typeof(AgentIdentityParams))]
[JsonSerializable(typeof(AgentIdentity))]
internal sealed partial class AgentsJson : JsonSerializerContext;
