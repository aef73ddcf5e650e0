using System.Text;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Skills;

/// <summary>The skills that agents have, for those who look after them, and for nodes that look for the programs.</summary>
internal sealed class SkillMethods(Workspaces workspaces, ConfigStore config, SessionKeys keys) : IMethodModule
{
    /// <summary>Where a skill comes from, in OpenClaw's words.</summary>
    private const string Source = "openclaw-workspace";

    private const string CardSchema = "openclaw.skills.skill-card.v1";

    public void Map(MethodMap methods)
    {
        var json = SkillsJson.Default;
        methods.Add(MethodMap.Method("skills.status", OperatorScopes.Read, json.SkillsStatusParams, json.SkillsStatusResult, List) with
        {
            Summary = "List the skills of an agent, and what they lack.",
        });
        methods.Add(MethodMap.Method("skills.skillCard", OperatorScopes.Read, json.SkillsSkillCardParams, json.SkillsSkillCardResult, Show) with
        {
            Summary = "Show the text of a skill.",
        });
        methods.Add(MethodMap.Method("skills.bins", OperatorScopes.Read, json.SkillsBinsParams, json.SkillsBinsResult, ListPrograms) with
        {
            Summary = "For nodes: the programs that skills need.",
        });
    }

    private ValueTask<SkillsStatusResult> List(SkillsStatusParams parameters, CallContext context, CancellationToken ct)
    {
        var agent = parameters.SessionKey is { } key ? keys.Resolve(key, parameters.AgentId).AgentId
            : parameters.AgentId ?? config.Current.Config.Agents.DefaultId;
        var workspace = workspaces.PathFor(agent);
        var folder = Path.Combine(workspace, SkillFolder.Name);
        return new(new SkillsStatusResult(workspace, folder, [.. SkillFolder.Read(workspace, ct).Select(skill => StatusOf(skill, folder, config.Current.Config.Skills.IsDisabled(skill.Name)))]));
    }

    private ValueTask<SkillsSkillCardResult> Show(SkillsSkillCardParams parameters, CallContext context, CancellationToken ct)
    {
        var workspace = workspaces.PathFor(parameters.AgentId ?? config.Current.Config.Agents.DefaultId);
        var skill = SkillFolder.Read(workspace, ct).FirstOrDefault(skill => skill.Name == parameters.SkillKey)
            ?? throw new RpcException(RpcErrorKind.NotFound, "the agent has no such skill; skills.status lists them");
        var text = SkillFolder.TextOf(workspace, skill);
        return new(new SkillsSkillCardResult(CardSchema, skill.Name, Path.Combine(workspace, skill.Path), Encoding.UTF8.GetByteCount(text), text));
    }

    private ValueTask<SkillsBinsResult> ListPrograms(SkillsBinsParams parameters, CallContext context, CancellationToken ct)
    {
        var needs = config.Current.Config.Agents.Ids.SelectMany(agent => SkillFolder.Read(workspaces.PathOf(agent), ct)).Select(skill => skill.Needs);
        return new(new SkillsBinsResult([.. needs.SelectMany(need => need.Bins.Concat(need.AnyBins)).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)]));
    }

    private static SkillStatus StatusOf(Skill skill, string folder, bool isDisabled)
    {
        var missing = SkillFolder.Missing(skill);
        var own = Path.Combine(folder, skill.Folder);
        return new SkillStatus(
            skill.Name, skill.Problem ?? skill.Description, Source, false, Path.Combine(own, SkillFolder.FileName), own, skill.Name, skill.Problem is null && missing.IsNothing && !isDisabled, skill.Needs, missing)
        {
            Emoji = skill.Emoji,
            Homepage = skill.Homepage,
            Disabled = isDisabled,
        };
    }
}
