using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Tools;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Tools;

/// <summary>Parameters of <c>tools.catalog</c>.</summary>
internal sealed record ToolsCatalogParams
{
    [Description("The agent; the default agent without it."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("False leaves out the tools of plugins and other servers.")]
    public bool? IncludePlugins { get; init; }
}

/// <summary>Result of <c>tools.catalog</c>.</summary>
internal sealed record ToolsCatalogResult(string AgentId, IReadOnlyList<ToolProfile> Profiles, IReadOnlyList<ToolGroup> Groups);

/// <summary>A ready-made selection of tools.</summary>
internal sealed record ToolProfile(string Id, string Label);

/// <summary>Tools that belong together.</summary>
/// <param name="Source"><c>core</c> or <c>plugin</c>.</param>
internal sealed record ToolGroup(string Id, string Label, string Source, IReadOnlyList<ToolRow> Tools);

/// <summary>A tool in the list.</summary>
/// <param name="Risk"><c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Optional">True where it may not be used as things are.</param>
/// <param name="Permission"><c>allow</c>, <c>ask</c> or <c>deny</c>, for messages of clients.</param>
internal sealed record ToolRow(
    string Id, string Label, string Description, string Source, string Risk, bool Optional, string Permission, IReadOnlyList<string> DefaultProfiles);

/// <summary>The tools that there are.</summary>
internal sealed class ToolMethods(ToolCatalog catalog, ConfigStore config) : IMethodModule
{
    /// <summary>The one selection that there is: what may be used is said by the configuration.</summary>
    private const string Full = "full";

    public void Map(MethodMap methods)
    {
        var json = ToolMethodsJson.Default;
        methods.Add(MethodMap.Method("tools.catalog", OperatorScopes.Read, json.ToolsCatalogParams, json.ToolsCatalogResult, ListAsync) with
        {
            Summary = "List the tools, and which of them an agent may use.",
        });
    }

    private ValueTask<ToolsCatalogResult> ListAsync(ToolsCatalogParams parameters, CallContext context, CancellationToken ct)
    {
        var now = config.Current.Config;
        var agent = parameters.AgentId ?? now.Agents.DefaultId;
        if (!now.Agents.Has(agent))
        {
            throw new RpcException(RpcErrorKind.NotFound, $"unknown agent id \"{agent}\"; agents.list names those that there are");
        }

        var groups = catalog.Now().Values
            .Select(tool => (Tool: tool.Description, Source: catalog.IsOwn(tool) ? "core" : "plugin"))
            .Where(row => row.Source == "core" || parameters.IncludePlugins != false)
            .GroupBy(row => (Name: ToolCatalog.GroupOf(row.Tool.Name), row.Source))
            .OrderBy(group => group.Key.Source, StringComparer.Ordinal).ThenBy(group => group.Key.Name, StringComparer.Ordinal)
            .Select(group => new ToolGroup(group.Key.Name, group.Key.Name, group.Key.Source,
            [
                .. group.OrderBy(row => row.Tool.Name, StringComparer.Ordinal).Select(row => Row(row.Tool, row.Source, ToolPolicy.Of(row.Tool, now, agent, null))),
            ]));
        return new(new ToolsCatalogResult(agent, [new ToolProfile(Full, "Full")], [.. groups]));
    }

    private static ToolRow Row(ToolDescription tool, string source, ToolPermission permission) => new(
        tool.Name, tool.Name, tool.Summary, source, Word(tool.Risk), permission == ToolPermission.Deny, Word(permission), [Full]);

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ToolsCatalogParams))]
[JsonSerializable(typeof(ToolsCatalogResult))]
internal sealed partial class ToolMethodsJson : JsonSerializerContext;
