using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>config.get</c>: none.</summary>
internal sealed record ConfigGetParams;

/// <summary>The configuration in force (03-methods § 5.5), without its secrets.</summary>
/// <param name="Path">Where the file is or would be.</param>
/// <param name="Parsed">What the file says.</param>
/// <param name="Config">What is in force: the file, the environment, the command line, the defaults.</param>
/// <param name="RuntimeConfig">The same.</param>
/// <param name="Hash">Changes with the text of the file; means nothing else, and is another one after a restart. What changes the file names it.</param>
/// <param name="Valid">Whether a gateway would start with the file as it is.</param>
/// <param name="ConfigRevisionHash">The same as the hash.</param>
/// <param name="AppliedConfigHash">That of the text that is in force, as far as it can be without a restart.</param>
internal sealed record ConfigView(
    string Path,
    bool Exists,
    JsonElement Parsed,
    bool Valid,
    JsonElement RuntimeConfig,
    JsonElement Config,
    string Hash,
    IReadOnlyList<ConfigIssue> Issues,
    IReadOnlyList<JsonElement> Warnings,
    IReadOnlyList<JsonElement> LegacyIssues,
    string ConfigRevisionHash,
    string AppliedConfigHash)
{
    /// <summary>Where the value of each setting that has a name of its own comes from: default, file, environment, commandLine or override.</summary>
    public IReadOnlyDictionary<string, string> Origins { get; init; } = new Dictionary<string, string>();

    /// <summary>The text of the file without its secrets; null where there is none, or nobody can be sure that no secret is left in it.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public string? Raw { get; init; }
}

/// <summary>Reading the configuration. Secrets never leave the gateway.</summary>
internal sealed class ConfigMethods(ConfigStore config, ConfigFile file, ConfigReload reload, ConfigRevisions revisions, TimeProvider time) : IMethodModule
{
    /// <summary>How long a verdict on a file holds: a check may read files and run programs for its secrets, and callers need not be trusted with that.</summary>
    private static readonly TimeSpan VerdictHolds = TimeSpan.FromSeconds(10);

    private Verdict? _verdict;

    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("config.get", OperatorScopes.Read, json.ConfigGetParams, json.ConfigView, GetAsync) with
        {
            Summary = "The configuration in force, without its secrets.",
        });
    }

    private async ValueTask<ConfigView> GetAsync(ConfigGetParams parameters, CallContext context, CancellationToken ct)
    {
        var content = await ReadAsync(ct);
        var snapshot = config.Current;
        var effective = Redaction.Of(snapshot);
        var hash = revisions.Of(content);
        var issues = content.IsSame(file.Content) ? [] : await IssuesOfAsync(content, ct);
        return new ConfigView(
            snapshot.FilePath, content.Text is not null, FromFile(snapshot), issues.Count == 0, effective, effective, hash, issues, Warnings(snapshot), [], hash, revisions.Of(file.Content))
        {
            Raw = content.Text is null ? null : RedactedText.Of(content.Text),
            Origins = snapshot.Origins.ToDictionary(origin => origin.Key, origin => NameOf(origin.Value)),
        };
    }

    private static JsonElement[] Warnings(ConfigSnapshot snapshot) =>
        [.. snapshot.Warnings.Select(warning => JsonElement.Parse(new JsonObject { ["path"] = "", ["message"] = warning }.ToJsonString()))];

    private static string NameOf(ConfigLayer layer) => layer switch
    {
        ConfigLayer.File => "file",
        ConfigLayer.Environment => "environment",
        ConfigLayer.CommandLine => "commandLine",
        ConfigLayer.Override => "override",
        _ => "default",
    };

    /// <summary>The files as they are now; where the file cannot be read, as they were.</summary>
    private async Task<ConfigContent> ReadAsync(CancellationToken ct)
    {
        try
        {
            return await file.ReadAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return file.Content; // config.status says why
        }
    }

    private async Task<IReadOnlyList<ConfigIssue>> IssuesOfAsync(ConfigContent content, CancellationToken ct)
    {
        using var turn = await file.EnterAsync(ct);
        if (_verdict is not { } known || !known.Content.IsSame(content) || time.GetElapsedTime(known.At) >= VerdictHolds)
        {
            _verdict = known = new Verdict(content, await CheckAsync(content, ct), time.GetTimestamp());
        }

        return known.Issues;
    }

    private async Task<IReadOnlyList<ConfigIssue>> CheckAsync(ConfigContent content, CancellationToken ct)
    {
        try
        {
            await reload.CheckAsync(content, ct);
            return [];
        }
        catch (ConfigException wrong)
        {
            return [.. wrong.Problems.Select(ConfigIssue.Of)];
        }
    }

    /// <summary>The part of what is in force that the file decided.</summary>
    private static JsonElement FromFile(ConfigSnapshot snapshot)
    {
        var all = JsonObject.Create(Redaction.Of(snapshot))!;
        string[] written = [.. snapshot.Origins.Where(origin => origin.Value == ConfigLayer.File).Select(origin => origin.Key)];
        foreach (var path in snapshot.Origins.Keys.Except(written).Where(path => !written.Any(below => below.StartsWith(path + '.', StringComparison.Ordinal))))
        {
            Remove(all, path.Split('.'));
        }

        using var document = JsonDocument.Parse(all.ToJsonString());
        return document.RootElement.Clone();
    }

    private static void Remove(JsonObject from, ReadOnlySpan<string> path)
    {
        if (path.Length == 1)
        {
            from.Remove(path[0]);
        }
        else if (from[path[0]] is JsonObject below)
        {
            Remove(below, path[1..]);
            if (below.Count == 0)
            {
                from.Remove(path[0]);
            }
        }
    }

    /// <summary>What is wrong with a content of the files, and when that was found out.</summary>
    private sealed record Verdict(ConfigContent Content, IReadOnlyList<ConfigIssue> Issues, long At);
}
