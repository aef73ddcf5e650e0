using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Config.Editing;

/// <summary>The answer to a change after which a gateway would not start.</summary>
internal static class InvalidConfig
{
    /// <summary>All mistakes, in a sentence and one by one.</summary>
    public static RpcException Of(ConfigException wrong)
    {
        var issues = wrong.Problems.Select(problem => new JsonObject { ["path"] = problem.Path, ["message"] = problem.Message });
        var details = new JsonObject { ["issues"] = new JsonArray([.. issues]) };
        var sentences = string.Join("; ", wrong.Problems.Select(problem => problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}"));
        return new RpcException(new RpcError(RpcErrorKind.InvalidRequest, $"invalid config: {sentences}") { Details = JsonElement.Parse(details.ToJsonString()) });
    }
}
