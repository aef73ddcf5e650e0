using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Rpc;
using Chela.Gateway.Schema;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Roster;

/// <summary>Making, changing and deleting agents. What they are stands in the configuration file, and is in force at once.</summary>
internal sealed class RosterMethods(ConfigWriter writer, Workspaces workspaces, ModelLookup models, AgentRemoval removal) : IMethodModule, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public void Map(MethodMap methods)
    {
        var json = RosterJson.Default;
        methods.Add(MethodMap.Method("agents.create", OperatorScopes.Admin, json.AgentsCreateParams, json.AgentsCreateResult, CreateAsync) with
        {
            Summary = "Make an agent, with a folder of its own.",
        });
        methods.Add(MethodMap.Method("agents.update", OperatorScopes.Admin, json.AgentsUpdateParams, json.AgentsUpdateResult, UpdateAsync) with
        {
            Summary = "Give an agent another name, model or folder, or show it otherwise.",
        });
        methods.Add(MethodMap.Method("agents.delete", OperatorScopes.Admin, json.AgentsDeleteParams, json.AgentsDeleteResult, DeleteAsync) with
        {
            Summary = "Delete an agent: what it runs is stopped, and its sessions and its folder go too unless they are to stay.",
        });
    }

    public void Dispose() => _turn.Dispose();

    private ValueTask<AgentsCreateResult> CreateAsync(AgentsCreateParams parameters, CallContext context, CancellationToken ct) => InTurnAsync(async () =>
    {
        var name = AgentNames.Line(parameters.Name) ?? throw new RpcException(RpcErrorKind.InvalidRequest, "agent name is required");
        var id = AgentNames.IdOf(name) ?? throw new RpcException(
            RpcErrorKind.InvalidRequest, $"Agent name \"{JsonText.Show(name)}\" has no valid id characters. Use at least one letter a-z or digit.");
        var model = ModelOf(parameters.Model, id);
        var folder = FolderOf(parameters.Workspace);
        var settings = Settings(name, folder, parameters.Emoji, parameters.Avatar);
        if (model is not null)
        {
            settings.Add((["model"], model));
        }

        await writer.ChangeAsync(By(context, id), now =>
        {
            var edits = AgentEdits.Add(now.Config.Agents, id, settings);
            Make(folder ?? workspaces.UsualPathOf(id));
            return edits;
        }, ct);
        return new AgentsCreateResult(true, id, name, workspaces.PathOf(id)) { Model = model };
    }, ct);

    private ValueTask<AgentsUpdateResult> UpdateAsync(AgentsUpdateParams parameters, CallContext context, CancellationToken ct) => InTurnAsync(async () =>
    {
        var id = IdOf(parameters.AgentId);
        if (parameters.AgentRuntime is not null)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "agentRuntime: agents here have one runtime; leave it out");
        }

        var folder = FolderOf(parameters.Workspace);
        var settings = Settings(AgentNames.Line(parameters.Name), folder, parameters.Emoji, parameters.Avatar);
        if (parameters.Model.ValueKind == JsonValueKind.Null)
        {
            settings.Add((["model"], null));
        }
        else if (ModelOf(TextOf(parameters.Model), id) is { } model)
        {
            settings.Add((["model"], model));
        }

        await writer.ChangeAsync(By(context, id), now =>
        {
            var edits = AgentEdits.Change(now.Config.Agents, id, settings);
            Make(folder);
            return edits;
        }, ct);
        return new AgentsUpdateResult(true, id);
    }, ct);

    private ValueTask<AgentsDeleteResult> DeleteAsync(AgentsDeleteParams parameters, CallContext context, CancellationToken ct) => InTurnAsync(() =>
    {
        var id = IdOf(parameters.AgentId);
        return removal.RemoveAsync(By(context, id), id, parameters.DeleteFiles ?? true, ct);
    }, ct);

    private async ValueTask<T> InTurnAsync<T>(Func<Task<T>> change, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await change();
        }
        finally
        {
            _turn.Release();
        }
    }

    private static string IdOf(string agentId) => AgentNames.IdOf(agentId) ?? throw AgentEdits.NotFound(JsonText.Show(agentId));

    private static List<(string[] Path, JsonNode? Value)> Settings(string? name, string? folder, string? emoji, string? avatar)
    {
        (string[] Path, string? Text)[] all =
        [
            (["name"], name),
            (["workspace"], folder),
            (["identity", "emoji"], AgentNames.Line(emoji)),
            (["identity", "avatar"], AgentNames.Line(avatar)),
        ];
        return [.. all.Where(setting => setting.Text is not null).Select(setting => (setting.Path, (JsonNode?)setting.Text))];
    }

    private string? ModelOf(string? name, string id)
    {
        if (AgentNames.Line(name) is not { } model)
        {
            return null;
        }

        _ = models(model, id);
        return model;
    }

    private static string? TextOf(JsonElement model) => model.ValueKind switch
    {
        JsonValueKind.Undefined => null,
        JsonValueKind.String => model.GetString(),
        _ => throw new RpcException(RpcErrorKind.InvalidParams, "invalid agents.update params: at /model: must be string or null"),
    };

    private static string? FolderOf(string? workspace) =>
        workspace is null || Path.IsPathFullyQualified(workspace.Trim())
            ? workspace?.Trim()
            : throw new RpcException(RpcErrorKind.InvalidRequest, $"workspace: must be {WorkspaceRule.Form}");

    private static void Make(string? folder)
    {
        try
        {
            _ = folder is null ? null : Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"workspace: the folder {folder} cannot be made; may the gateway write there?");
        }
    }

    private static string By(CallContext context, string id) =>
        $"{context.Method} of {id} by {context.Caller.UserId ?? context.Caller.DeviceId ?? context.Caller.ClientId}";
}
