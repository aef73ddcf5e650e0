using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>What was allowed for good as a document in OpenClaw's form, and back. What would allow nothing is refused rather than kept.</summary>
internal sealed class PolicyReader(ToolCatalog catalog, ConfigStore config)
{
    private const int LongestPattern = 16_000;

    /// <summary>Names a state of it.</summary>
    public static string HashOf(IReadOnlyList<ApprovalGrant> all) =>
        Convert.ToHexStringLower(SHA256.HashData(StoredJson.ToBytes(new GrantDocument(all), GrantJson.Default.GrantDocument)));

    /// <summary>The document.</summary>
    public static PolicyDocument DocumentOf(IReadOnlyList<ApprovalGrant> all) => new(1)
    {
        Defaults = new PolicyRules(),
        Agents = all.GroupBy(grant => grant.AgentId, StringComparer.Ordinal).ToDictionary(
            agent => agent.Key,
            agent => new PolicyOfAgent { Allowlist = [.. agent.Select(EntryOf)] }),
    };

    /// <summary>What a document allows; of what was allowed before, who decided and when stays.</summary>
    /// <exception cref="RpcException">It says something that cannot hold here.</exception>
    public IReadOnlyList<ApprovalGrant> Read(PolicyDocument document, IReadOnlyList<ApprovalGrant> before, string by, long nowMs)
    {
        RefuseOtherRules(document.Defaults, "/file/defaults");
        var wanted = new List<ApprovalGrant>();
        foreach (var (agentId, policy) in document.Agents ?? new Dictionary<string, PolicyOfAgent>())
        {
            RefuseOtherRules(policy, $"/file/agents/{agentId}");
            wanted.AddRange((policy.Allowlist ?? []).Select(entry =>
                before.FirstOrDefault(grant => grant.IsOf(agentId, entry.Pattern)) ?? new ApprovalGrant(agentId, Checked(agentId, entry.Pattern), by, nowMs)));
        }

        return wanted.Count <= ApprovalGrants.MostGrants
            ? [.. wanted.DistinctBy(grant => (grant.AgentId, grant.Subject))]
            : throw Refused("/file/agents", $"at most {ApprovalGrants.MostGrants} uses can be allowed for good");
    }

    private static PolicyEntry EntryOf(ApprovalGrant grant) => new(grant.Subject)
    {
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{grant.AgentId} {grant.Subject}")))[..16],
        Source = "allow-always",
        CommandText = ShownText.Of(grant.Subject),
    };

    /// <summary>A pattern that nobody allowed yet, in the form in which uses are compared with it.</summary>
    private string Checked(string agentId, string pattern)
    {
        var at = $"/file/agents/{agentId}/allowlist";
        if (!config.Current.Config.Agents.Has(agentId))
        {
            throw Refused(at, "there is no such agent; name one of agents.list");
        }

        var space = pattern.IndexOf(' ', StringComparison.Ordinal);
        var name = space < 0 ? pattern : pattern[..space];
        var tool = catalog.Now().Values.FirstOrDefault(tool => tool.Description.Name == name)?.Description;
        return tool is null || pattern.Length > LongestPattern
            ? throw Refused(at, $"a pattern is the name of a tool, for a risky one with its arguments, of at most {LongestPattern} characters; paths and signs for anything are not known here")
            : (tool.Risk == ToolRisk.High, space >= 0) switch
            {
                (true, true) => $"{name} {Arguments(pattern[(space + 1)..], at)}",
                (true, false) => throw Refused(at, $$"""{{name}} is risky, and is allowed with its arguments only: {{name}} {…}"""),
                (false, true) => throw Refused(at, $"{name} is allowed with any arguments: name it alone"),
                (false, false) => name,
            };
    }

    private static string Arguments(string json, string at)
    {
        try
        {
            return (JsonNode.Parse(json) as JsonObject)?.ToJsonString() ?? throw Refused(at, "arguments are a JSON object");
        }
        catch (JsonException)
        {
            throw Refused(at, "arguments are a JSON object");
        }
    }

    private static void RefuseOtherRules(PolicyRules? rules, string at)
    {
        if (rules is { IsInForce: false })
        {
            throw Refused(at, "what has to be asked is set by tools.allow, tools.ask and tools.deny in the configuration; here stands what is allowed for good");
        }
    }

    private static RpcException Refused(string at, string why) => new(RpcErrorKind.InvalidRequest, $"invalid exec.approvals.set params: at {at}: {why}");
}
