using System.Text.Json;
using Chela.Gateway.Config.References;

namespace Chela.Gateway.Config.Secrets;

/// <summary>Every secret of a configuration, for whatever must never show one: found by the same rule by which settings are hidden, so that no list can forget one.</summary>
internal static class SecretValues
{
    /// <summary>The secrets; of a header also what follows its scheme.</summary>
    public static IEnumerable<string> Of(ConfigSnapshot snapshot) => In(snapshot.Effective, [])
        .Concat(snapshot.References.All.Where(IsSecret).Select(reference => reference.Value))
        .SelectMany(value => value.Split(' ') is [_, var credential] ? [value, credential] : new[] { value })
        .Distinct();

    private static IEnumerable<string> In(JsonElement value, string[] path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(setting => In(setting.Value, [.. path, setting.Name])),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => In(item, path)),
        JsonValueKind.String when SecretNames.IsSecret(path, value.GetString()!) => [value.GetString()!],
        _ => [],
    };

    /// <summary>A variable with the name of a secret is one wherever it stands, for example in the arguments of a program.</summary>
    private static bool IsSecret(ConfigReference reference) =>
        SecretNames.IsSecret(ConfigPointer.ToSegments(reference.Pointer), reference.Value)
        || VariableText.NamesIn(reference.Written.ToJsonString()).Any(SecretNames.IsSecret);
}
