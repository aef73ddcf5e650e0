using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>config.override.set</c>.</summary>
/// <param name="Path">The dotted key.</param>
/// <param name="Value">What is in force from now on; not null.</param>
internal sealed record ConfigOverrideSetParams([property: MinLength(1), MaxLength(1024)] string Path, JsonElement Value);

/// <summary>Parameters of <c>config.override.clear</c>.</summary>
internal sealed record ConfigOverrideClearParams
{
    [MinLength(1), MaxLength(1024), Description("The dotted key, or one that holds others; without it all overrides are taken back.")]
    public string? Path { get; init; }
}

/// <summary>The overrides are as wanted.</summary>
/// <param name="ChangedPaths">The settings in force that are others now.</param>
/// <param name="Overrides">All settings that are overridden now.</param>
/// <param name="Note">How long that lasts.</param>
internal sealed record ConfigOverridden(bool Ok, IReadOnlyList<string> ChangedPaths, IReadOnlyList<string> Overrides, string Note);

/// <summary>Changing settings only until the gateway ends.</summary>
internal sealed class ConfigOverrideMethods(ConfigOverrides overrides) : IMethodModule
{
    private const string Note = "Overrides are not in the file, and gone after a restart.";

    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("config.override.set", OperatorScopes.Admin, json.ConfigOverrideSetParams, json.ConfigOverridden, SetAsync) with
        {
            Cost = CallCost.ControlPlaneWrite,
            Summary = "Override a setting until the gateway ends.",
        });
        methods.Add(MethodMap.Method("config.override.clear", OperatorScopes.Admin, json.ConfigOverrideClearParams, json.ConfigOverridden, ClearAsync) with
        {
            Cost = CallCost.ControlPlaneWrite,
            Summary = "Take the override of a setting back, or all of them.",
        });
    }

    private async ValueTask<ConfigOverridden> SetAsync(ConfigOverrideSetParams parameters, CallContext context, CancellationToken ct)
    {
        var value = JsonNode.Parse(parameters.Value.GetRawText())
            ?? throw new RpcException(RpcErrorKind.InvalidRequest, "null is no value; take an override back by config.override.clear");
        return Answer(await overrides.SetAsync(ConfigWriteMethods.By(context, "config.override.set"), PathOf(parameters.Path), value, ct));
    }

    private async ValueTask<ConfigOverridden> ClearAsync(ConfigOverrideClearParams parameters, CallContext context, CancellationToken ct) =>
        Answer(await overrides.ClearAsync(
            ConfigWriteMethods.By(context, "config.override.clear"), parameters.Path is { } path ? PathOf(path) : null, ct));

    private ConfigOverridden Answer(IReadOnlyList<ConfigPath> changed) => new(true, Texts(changed), Texts(overrides.All), Note);

    private static string[] Texts(IReadOnlyList<ConfigPath> paths) => [.. paths.Select(path => path.ToString())];

    private static ConfigPath PathOf(string text)
    {
        try
        {
            return KeyText.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, wrong.Message);
        }
    }
}
