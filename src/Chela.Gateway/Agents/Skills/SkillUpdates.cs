using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Skills;

/// <summary>Switches skills on and off, in the configuration.</summary>
internal sealed class SkillUpdates(Workspaces workspaces, ConfigStore config, ConfigWriter writer) : IMethodModule
{
    public void Map(MethodMap methods) => methods.Add(
        MethodMap.Method("skills.update", OperatorScopes.Admin, SkillsJson.Default.SkillsUpdateParams, SkillsJson.Default.SkillsUpdateResult, UpdateAsync) with
        {
            Summary = "Say whether agents are told of a skill.",
        });

    private async ValueTask<SkillsUpdateResult> UpdateAsync(SkillsUpdateParams parameters, CallContext context, CancellationToken ct)
    {
        if (parameters.Source is not null)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "this gateway has no hub to update skills from; replace the folder of the skill in the workspace");
        }

        if (parameters.ApiKey is not null || parameters.Env is not null)
        {
            throw Refused("apiKey", "programs that agents run get no variables of the gateway; a skill that needs a secret cannot be given one");
        }

        var name = parameters.SkillKey ?? throw Refused("skillKey", "is required");
        if (!config.Current.Config.Skills.Entries.ContainsKey(name) && !IsThere(name, ct))
        {
            throw Refused("skillKey", "no agent has such a skill; skills.status lists them");
        }

        if (parameters.Enabled is { } enabled)
        {
            var by = $"skills.update of {name} by {context.Caller.UserId ?? context.Caller.DeviceId ?? context.Caller.ClientId}";
            await writer.ChangeAsync(by, _ => [ConfigEdit.Set(enabled, "skills", "entries", name, "enabled")], ct);
        }

        return new SkillsUpdateResult(true, name, new SkillSettings(!config.Current.Config.Skills.IsDisabled(name)));
    }

    private bool IsThere(string name, CancellationToken ct) =>
        config.Current.Config.Agents.Ids.Any(agent => SkillFolder.Read(workspaces.PathOf(agent), ct).Any(skill => skill.Name == name));

    private static RpcException Refused(string member, string why) => new(RpcErrorKind.InvalidParams, $"invalid skills.update params: at /{member}: {why}");
}
