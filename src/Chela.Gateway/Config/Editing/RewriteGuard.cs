using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Includes;

namespace Chela.Gateway.Config.Editing;

/// <summary>Refuses a whole text that looks as if something had gone wrong where it was made: people lost their configuration so.</summary>
internal static class RewriteGuard
{
    /// <summary>Smaller files may shrink as they will.</summary>
    private const int Small = 512;

    /// <exception cref="RpcException">It is too short, or agents are missing.</exception>
    public static void Check(string method, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after, JsonObject settings, JsonObject next)
    {
        string[] lost = [.. AgentsOf(settings).Except(AgentsOf(next))];
        if (lost.Length > 0)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"{method} would drop the agents {string.Join(", ", lost)}; delete agents by agents.delete");
        }

        if (IncludesOf(settings).Except(IncludesOf(next)).FirstOrDefault() is { Pointer: not null } include)
        {
            throw new RpcException(
                RpcErrorKind.InvalidRequest,
                $"{method} would take the included file away from {(include.Pointer.Length == 0 ? "the root" : ConfigPointer.ToDotted(include.Pointer))}; keep its $include, or change single settings by config.patch");
        }

        if (before.Length >= Small && after.Length < before.Length / 2)
        {
            throw new RpcException(
                RpcErrorKind.InvalidRequest,
                $"{method} would shrink the file from {before.Length} to {after.Length} bytes; take settings away by config.patch, which names them");
        }
    }

    private static IEnumerable<(string Pointer, string Files)> IncludesOf(JsonNode? value, string pointer = "") => value switch
    {
        JsonObject settings => settings.SelectMany(setting => setting.Key == IncludeExpansion.Key
            ? [(pointer, setting.Value?.ToJsonString() ?? "")]
            : IncludesOf(setting.Value, ConfigPointer.Child(pointer, setting.Key))),
        JsonArray list => list.SelectMany((item, place) => IncludesOf(item, ConfigPointer.Child(pointer, place))),
        _ => [],
    };

    private static IEnumerable<string> AgentsOf(JsonObject settings) =>
        ((settings["agents"] as JsonObject)?["list"] as JsonArray ?? []).Select(agent => (agent as JsonObject)?["id"]).OfType<JsonValue>().Select(id => id.ToString());
}
