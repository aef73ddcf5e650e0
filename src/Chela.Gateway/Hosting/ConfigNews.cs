using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Hosting;

/// <summary>Tells clients that another configuration is in force.</summary>
internal sealed class ConfigNews(ConfigFile file, ConfigRevisions revisions, EventBus events, TimeProvider time)
{
    /// <summary>Tells of a change.</summary>
    public void Tell(ConfigChange change) => events.Publish(new ConfigChangedEvent(
        change.Current.FilePath, revisions.Of(file.Content), [.. change.Paths.Select(path => path.ToString())], time.GetUtcNow().ToUnixTimeMilliseconds()));
}

/// <summary>Another configuration is in force.</summary>
/// <param name="path">The file.</param>
/// <param name="hash">What <c>config.get</c> calls it.</param>
/// <param name="changed">The settings that changed; never their values.</param>
/// <param name="nowMs">When, Unix milliseconds.</param>
internal sealed class ConfigChangedEvent(string path, string hash, IReadOnlyList<string> changed, long nowMs) : GatewayEvent
{
    /// <summary>No more settings are named; a client that wants to know them all asks.</summary>
    private const int MostNamed = 256;

    public override string Name => "config.changed";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    /// <summary>The design document's name for it in the JSON-RPC world is <c>config_reloaded</c> (K3).</summary>
    public override string? NameIn(Dialect dialect) => dialect switch
    {
        Dialect.OpenClaw => Name,
        Dialect.Session => null, // its list of messages is closed
        _ => "config_reloaded",
    };

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("path"u8, path);
        writer.WriteString("hash"u8, hash);
        writer.WriteNumber("ts"u8, nowMs);
        writer.WriteStartArray("changedPaths"u8);
        foreach (var setting in changed.Take(MostNamed))
        {
            writer.WriteStringValue(setting);
        }

        writer.WriteEndArray();
    }
}
