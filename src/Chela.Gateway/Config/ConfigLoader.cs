using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.References;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>
/// Makes a snapshot of the layers: defaults, file, environment, command line, overrides. Takes all or nothing.
/// </summary>
internal sealed class ConfigLoader
{
    private static readonly ConfigRule[] Rules =
    [
        new("gateway.bind", BindRule.Refusal),
        new("gateway.customBindHost", BindRule.AddressRefusal),
        new("gateway.listeners[].bind", BindRule.Refusal),
        new("gateway.hosts[]", HostRule.Refusal),
        new("gateway.allowedAddresses[]", AddressRangeRule.Refusal),
        new("gateway.trustedProxies[]", AddressRangeRule.Refusal),
        new("gateway.nodes.pairing.autoApproveCidrs[]", AddressRangeRule.Refusal),
        new("agents.list[].workspace", WorkspaceRule.Refusal),
        new("tools.http.allowedHosts[]", ToolRules.HostRefusal),
        new("tools.exec.allow[]", ToolRules.ProgramRefusal),
        new("gateway.controlUi.allowedOrigins[]", OriginRule.Refusal),
        new("gateway.tls.certPath", WorkspaceRule.Refusal),
        new("gateway.tls.keyPath", WorkspaceRule.Refusal),
        new("gateway.auth.token", SecretRule.Refusal),
        new("gateway.auth.password", PasswordRule.Refusal),
        new("gateway.auth.oidc.issuer", IssuerRule.Refusal),
        new("gateway.auth.oidc.audiences[]", AudienceRule.Refusal),
        new("session.mainKey", MainKeyRule.Refusal),
    ];

    private readonly JsonShape _shape = new(ConfigJson.Default.ChelaConfig);

    public ConfigLoader() => Keys = new ConfigKeys(_shape.Schema);

    /// <summary>Every key that exists.</summary>
    public ConfigKeys Keys { get; }

    /// <summary>The schema of the file, for editors and clients.</summary>
    public JsonElement Schema => _shape.Schema;

    /// <summary>The snapshot of the sources; touches nothing outside.</summary>
    /// <exception cref="ConfigException">Something is wrong in any layer; it lists everything that is.</exception>
    public ConfigSnapshot Load(ConfigSources sources)
    {
        var problems = new List<ConfigProblem>();
        var references = new ReferenceResolver(_shape.Schema, sources.Environment, sources.Secrets, problems);
        var layers = ReadLayers(sources, references, problems);
        var effective = JsonSerializer.SerializeToNode(new ChelaConfig(), ConfigJson.Default.ChelaConfig)!.AsObject();
        var origins = Keys.All.ToDictionary(k => k.Path, _ => ConfigLayer.Default, StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            problems.AddRange(_shape.Check(Bytes(layer.Values)).Where(p => !references.IsUnresolved(p.Target)).Select(p => Describe(layer, p)));
            Merge(effective, layer.Values, "", path => origins[path] = layer.Layer);
        }

        problems.AddRange(CheckRules(effective, origins, layers, references));
        ThrowIfAny(problems);
        var snapshot = Snapshot(effective, origins, sources.FilePath, sources.FileBytes is not null) with
        {
            References = references.References,
            Warnings = sources.Secrets.Warnings,
        };
        ThrowIfAny([.. Together(snapshot.Config).Select(problem => Place(problem, origins, layers))]);
        return snapshot;
    }

    /// <summary>Reads the secrets that the sources refer to, and gives the snapshot.</summary>
    /// <param name="time">Bounds programs that give secrets.</param>
    /// <exception cref="ConfigException">As above, or a secret cannot be read.</exception>
    public async Task<ConfigSnapshot> LoadAsync(ConfigSources sources, TimeProvider time, CancellationToken ct)
    {
        var references = new ReferenceResolver(_shape.Schema, sources.Environment, SecretMaterial.None, []);
        references.Resolve(new ConfigContent(sources.FileBytes, sources.Included).Read(sources.FilePath, []));
        if (references.Needed.Count > 0 || references.NeedsKeys)
        {
            var reader = new SecretReader(sources.Environment, sources.KeyFile, time);
            sources = sources with { Secrets = await reader.ReadAsync(references.Needed, references.NeedsKeys, ct) };
        }

        return Load(sources);
    }

    /// <summary>The snapshot of settings from two that were checked; null where these do not go together.</summary>
    /// <param name="references">Those of both.</param>
    /// <param name="like">The one that knows of the file.</param>
    public static ConfigSnapshot? Mixed(JsonObject effective, Dictionary<string, ConfigLayer> origins, ConfigReferences references, ConfigSnapshot like)
    {
        var mixed = Snapshot(effective, origins, like.FilePath, like.FileExists) with { References = references, Warnings = like.Warnings };
        return Together(mixed.Config).Any() ? null : mixed;
    }

    private static void ThrowIfAny(List<ConfigProblem> problems)
    {
        if (problems.Count > 0)
        {
            throw new ConfigException([.. problems.OrderBy(p => p.Layer)]);
        }
    }

    /// <summary>What is wrong between settings each of which is right: the pointer of the one at fault, and why.</summary>
    private static IEnumerable<(string Pointer, string Message)> Together(ChelaConfig config) =>
        AuthRule.Problems(config.Gateway).Concat(TlsRule.Problems(config.Gateway.Tls)).Concat(WebhookRule.Problems(config.Channels))
            .Concat(ChannelAccountRules.Problems(config.Channels)).Concat(TelegramRule.Problems(config.Channels)).Concat(FeishuRule.Problems(config.Channels)).Concat(WhatsAppRule.Problems(config.Channels))
            .Concat(DiscordRule.Problems(config.Channels)).Concat(SlackRule.Problems(config.Channels)).Concat(PluginRule.Problems(config.Channels))
            .Concat(ModelRules.Problems(config.Models)).Concat(McpRules.Problems(config.Mcp))
            .Concat(DiagnosticsRule.Problems(config.Diagnostics)).Concat(LoggingRule.Problems(config.Logging)).Concat(MemoryRules.Problems(config.Memory.Search))
            .Select(problem => (ConfigPointer.FromSegments(problem.Path.Split('.')), problem.Message))
            .Concat(AgentListRules.Problems(config.Agents))
            .Concat(SubagentRules.Problems(config.Agents))
            .Concat(BindingRules.Problems(config))
            .Concat(IdentityLinkRules.Problems(config.Session))
            .Concat(CommandRules.Problems(config));

    private static ConfigProblem Place((string Pointer, string Message) problem, Dictionary<string, ConfigLayer> origins, LayerValues[] layers)
    {
        var layer = layers.Single(l => l.Layer == LayerOf(problem.Pointer, origins));
        return new ConfigProblem(layer.Layer, layer.Place(problem.Pointer, false), ConfigPointer.ToDotted(problem.Pointer), problem.Message);
    }

    private static ConfigLayer LayerOf(string pointer, Dictionary<string, ConfigLayer> origins)
    {
        for (var at = pointer; at.Length > 0; at = ConfigPointer.Parent(at))
        {
            if (origins.TryGetValue(ConfigPointer.ToDotted(at), out var layer) && layer != ConfigLayer.Default)
            {
                return layer;
            }
        }

        return ConfigLayer.File; // what has names of the user's own, such as the accounts of a channel, only the file can hold
    }

    private LayerValues[] ReadLayers(ConfigSources sources, ReferenceResolver references, List<ConfigProblem> problems)
    {
        var settings = new ConfigSettings(Keys);
        return
        [
            references.Resolve(new ConfigContent(sources.FileBytes, sources.Included).Read(sources.FilePath, problems)),
            settings.ReadEnvironment(sources.Environment, problems),
            settings.ReadOverrides(sources.Overrides, problems),
            new LayerValues(ConfigLayer.Override, sources.RunTime, (_, _) => "config.override.set"),
        ];
    }

    private static ConfigSnapshot Snapshot(JsonObject effective, Dictionary<string, ConfigLayer> origins, string path, bool exists)
    {
        var config = effective.Deserialize(ConfigJson.Default.ChelaConfig)!;

        // Written anew from the types, so that the hash does not depend on the order of keys in the file.
        var bytes = JsonSerializer.SerializeToUtf8Bytes(config, ConfigJson.Default.ChelaConfig);
        using var document = JsonDocument.Parse(bytes);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return new ConfigSnapshot(config, document.RootElement.Clone(), origins, hash, path, exists);
    }

    private ConfigProblem Describe(LayerValues layer, ShapeProblem problem)
    {
        var path = ConfigPointer.ToDotted(problem.Target);
        var message = problem.Kind == ShapeProblemKind.Unexpected ? ConfigKeys.Unknown(problem.Nearest)
            : Keys.ByPath.GetValueOrDefault(path) is { Allowed.Count: > 0 } key ? $"must be one of: {string.Join(", ", key.Allowed)}"
            : problem.Message;
        return new ConfigProblem(layer.Layer, layer.Place(problem.Target, problem.Property is not null), path, message);
    }

    private static IEnumerable<ConfigProblem> CheckRules(
        JsonObject effective, Dictionary<string, ConfigLayer> origins, LayerValues[] layers, ReferenceResolver references)
    {
        var ofValues = Rules.SelectMany(rule => rule.Refusals(effective).Select(refusal => (rule.Key, refusal.Pointer, refusal.Message)));
        foreach (var (key, pointer, message) in ofValues.Concat(ListenerRules.Refusals(effective)).Where(refusal => !references.IsUnresolved(refusal.Pointer)))
        {
            var layer = layers.Single(l => l.Layer == origins[key]);
            yield return new ConfigProblem(layer.Layer, layer.Place(pointer, false), ConfigPointer.ToDotted(pointer), message);
        }
    }

    private static void Merge(JsonObject target, JsonObject source, string above, Action<string> onSet)
    {
        foreach (var (name, value) in source)
        {
            if (value is JsonObject below)
            {
                // A lower layer may hold nonsense here; that is reported, and must not hide this one.
                var into = target[name] as JsonObject ?? [];
                target[name] = into;
                Merge(into, below, $"{above}{name}.", onSet);
                continue;
            }

            target[name] = value?.DeepClone();
            onSet(above + name);
        }
    }

    private static byte[] Bytes(JsonObject values)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            values.WriteTo(writer);
        }

        return stream.ToArray();
    }
}
