using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>An agent of an OpenClaw installation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Workspace">The folder in which it works.</param>
internal sealed record ForeignAgent(string Id, string Workspace);

/// <summary>Finds the agents of an OpenClaw installation and their folders.</summary>
/// <param name="folder">Its state directory.</param>
/// <param name="home">What <c>~</c> stands for.</param>
internal sealed class ForeignAgents(string folder, string home)
{
    /// <summary>The agents, the one that answers by default first; those with ids that are none are left out.</summary>
    public IReadOnlyList<ForeignAgent> Of(JsonObject settings)
    {
        var agents = settings["agents"] as JsonObject;
        var named = (agents?["entries"] as JsonObject ?? []).Select(entry => (Id: entry.Key, Agent: entry.Value as JsonObject))
            .Concat((agents?["list"] as JsonArray ?? []).OfType<JsonObject>().Select(agent => (Id: agent["id"]?.ToString() ?? "", Agent: (JsonObject?)agent)))
            .Where(agent => Regex.IsMatch(agent.Id, AgentConfig.IdPattern))
            .OrderByDescending(agent => agent.Agent?["default"]?.ToString() == "true").ToList();
        var all = named.Count > 0 ? named : [(SessionKey.DefaultAgent, null)];
        var usual = (agents?["defaults"] as JsonObject)?["workspace"]?.ToString();
        return [.. all.Select((agent, place) => new ForeignAgent(agent.Id, Full(agent.Agent?["workspace"]?.ToString() ?? (place == 0 ? usual ?? "workspace" : $"workspace-{agent.Id}"))))];
    }

    private string Full(string path) => Path.GetFullPath(path is "~" || path.StartsWith("~/", StringComparison.Ordinal) ? home + path[1..] : path, folder);
}
