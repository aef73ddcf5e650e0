using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Hosting.Restarting;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Hosting;

/// <summary>Changing the file by its whole text or by a patch. Both name the state that they change: what somebody else wrote meanwhile is never lost.</summary>
internal sealed class ConfigWriteMethods(
    ConfigStore config, ConfigWriter writer, ConfigFile file, ConfigReload reload, ConfigRevisions revisions,
    ConfigRestarts restarts, RestartNotes notes, SessionKeys keys) : IMethodModule
{
    private const int MostDelayMs = 60_000;

    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("config.set", OperatorScopes.Admin, json.ConfigSetParams, json.ConfigWritten, SetAsync) with
        {
            Summary = "Write the whole text of the configuration file.",
        });
        methods.Add(MethodMap.Method("config.apply", OperatorScopes.Admin, json.ConfigApplyParams, json.ConfigWritten, ApplyAsync) with
        {
            Cost = CallCost.ControlPlaneWrite,
            Summary = "Write the whole text of the configuration file, and restart where it needs that.",
        });
        methods.Add(MethodMap.Method("config.patch", OperatorScopes.Admin, json.ConfigPatchParams, json.ConfigWritten, PatchAsync) with
        {
            Cost = CallCost.ControlPlaneWrite,
            Summary = "Change some settings in the configuration file; comments and layout stay.",
        });
        methods.Add(MethodMap.Method("config.validate", OperatorScopes.Admin, json.ConfigValidateParams, json.ConfigVerdict, ValidateAsync) with
        {
            IsAudited = false,
            Summary = "Whether a gateway would start with a text of the configuration file.",
        });
    }

    private async ValueTask<ConfigWritten> SetAsync(ConfigSetParams parameters, CallContext context, CancellationToken ct)
    {
        var changed = await writer.RewriteAsync(By(context, "config.set"), now => Whole("config.set", now, parameters.Raw, parameters.BaseHash), ct);
        return Answer(changed) with { Noop = null, ChangedPaths = null, Restart = null };
    }

    private async ValueTask<ConfigWritten> ApplyAsync(ConfigApplyParams parameters, CallContext context, CancellationToken ct)
    {
        var changed = await writer.RewriteAsync(By(context, "config.apply"), now => Whole("config.apply", now, parameters.Raw, parameters.BaseHash), ct);
        return Answer(changed, Plan(parameters)) with { Noop = null, ChangedPaths = null };
    }

    private async ValueTask<ConfigWritten> PatchAsync(ConfigPatchParams parameters, CallContext context, CancellationToken ct)
    {
        var patch = PatchOf(parameters.Raw);
        var merge = new ConfigMerge(parameters.ReplacePaths ?? []);
        var changed = await writer.PatchAsync(By(context, "config.patch"), now =>
        {
            RefuseOldBase(now, parameters.BaseHash, null);
            var settings = Good(now);
            var wanted = ConfigSecrets.Restored(merge.Merge(settings, patch), settings, config.Current.References);
            return ConfigEdits.Between(settings, wanted);
        }, ct);
        return Answer(changed, Plan(parameters));
    }

    /// <summary>The restart that settings wait for, if the gateway makes one; its caller is told in the session that it named.</summary>
    private RestartPlan? Plan(ConfigApplyParams parameters)
    {
        var delay = TimeSpan.FromMilliseconds(Math.Min(parameters.RestartDelayMs ?? Restarts.UsualDelay.TotalMilliseconds, MostDelayMs));
        var plan = restarts.AskIfNeeded(delay);
        if (plan is not null && parameters.SessionKey is { } session)
        {
            notes.Leave(new RestartNote(keys.Resolve(session, null), parameters.Note ?? "The gateway restarted with the changed configuration."));
        }

        return plan;
    }

    private async ValueTask<ConfigVerdict> ValidateAsync(ConfigValidateParams parameters, CallContext context, CancellationToken ct)
    {
        try
        {
            await reload.CheckAsync(await file.AroundAsync(Encoding.UTF8.GetBytes(parameters.Raw), ct), ct);
            return new ConfigVerdict(true, []);
        }
        catch (ConfigException wrong)
        {
            return new ConfigVerdict(false, [.. wrong.Problems.Select(ConfigIssue.Of)]);
        }
    }

    /// <summary>A whole text, with the secrets that its writer was not shown.</summary>
    private byte[] Whole(string method, ConfigContent now, string raw, string? baseHash)
    {
        var text = Encoding.UTF8.GetBytes(raw);
        var problems = new List<ConfigProblem>();
        var (settings, given) = (Parse(now.Text ?? [], []), Parse(text, problems));
        RefuseOldBase(now, baseHash, given);
        if (problems.Count > 0)
        {
            return text; // it is refused with all that is wrong with it
        }

        text = ConfigEdits.Between(given, ConfigSecrets.Restored(given, settings, config.Current.References)).Aggregate(text, (before, edit) => TextEditor.Apply(before, edit));
        RewriteGuard.Check(method, now.Text ?? [], text, settings, given);
        return text;
    }

    private void RefuseOldBase(ConfigContent now, string? baseHash, JsonObject? given)
    {
        if (baseHash == revisions.Of(now) || (baseHash is null && now.Text is null))
        {
            return;
        }

        if (baseHash is null)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "config base hash required; re-run config.get and retry");
        }

        var error = new RpcError(RpcErrorKind.InvalidRequest, "config changed since last load; re-run config.get and retry");
        throw new RpcException(given is null ? error : error with { Details = Differences(Parse(now.Text ?? [], []), given) });
    }

    /// <summary>Where the file now is another one than what was sent; never the values.</summary>
    private static JsonElement Differences(JsonObject now, JsonObject given)
    {
        var paths = ConfigEdits.Between(now, given).Select(edit => JsonValue.Create(edit.Key));
        return JsonElement.Parse(new JsonObject { ["differs"] = new JsonArray([.. paths]) }.ToJsonString());
    }

    private static JsonObject PatchOf(string raw)
    {
        try
        {
            return JsonNode.Parse(raw, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject
                ?? throw new RpcException(RpcErrorKind.InvalidRequest, "config.patch raw must be an object");
        }
        catch (JsonException)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "config.patch raw must be an object");
        }
    }

    private JsonObject Good(ConfigContent content)
    {
        var problems = new List<ConfigProblem>();
        var settings = content.Read(file.Path, problems).Values;
        return problems.Count == 0 ? settings : throw new RpcException(RpcErrorKind.InvalidRequest, "invalid config; fix before patching");
    }

    private static JsonObject Parse(byte[] text, List<ConfigProblem> problems) => new ConfigText("config", text).Read(problems).Values;

    /// <summary>Who called what, for the log.</summary>
    public static string By(CallContext context, string method) => $"{method} by {context.Caller.UserId ?? context.Caller.DeviceId ?? context.Caller.ClientId}";

    private ConfigWritten Answer(RewrittenConfig rewritten, RestartPlan? plan = null)
    {
        var snapshot = config.Current;
        string[] held = [.. reload.State.RestartNeeded.Select(path => path.ToString())];
        return new ConfigWritten(true, snapshot.FilePath, Redaction.Of(snapshot))
        {
            Noop = rewritten.Changed is null ? true : null,
            Hash = revisions.Of(rewritten.Content),
            ChangedPaths = [.. (rewritten.Changed ?? []).Select(path => path.ToString())],
            Restart = held.Length == 0 ? null : new ConfigRestart(plan is not null, held) { Coalesced = plan?.IsCoalesced, DelayMs = (long?)plan?.Delay.TotalMilliseconds },
        };
    }
}
