using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting;

/// <summary>Tells clients that another configuration is in force.</summary>
internal sealed class ConfigNews
{
    public ConfigNews(ConfigStore config, ConfigRevisions revisions, EventBus events, TimeProvider time) => config.Subscribe(
        change => events.Publish(new ConfigChangedEvent(change.Current.FilePath, revisions.Of(change.Current), time.GetUtcNow().ToUnixTimeMilliseconds())));
}

/// <summary>Another configuration is in force.</summary>
/// <param name="path">The file.</param>
/// <param name="hash">What <c>config.get</c> calls it.</param>
/// <param name="nowMs">When, Unix milliseconds.</param>
internal sealed class ConfigChangedEvent(string path, string hash, long nowMs) : GatewayEvent
{
    public override string Name => "config.changed";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override string? NameIn(Dialect dialect) => dialect is Dialect.OpenClaw or Dialect.JsonRpc ? Name : null;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("path"u8, path);
        writer.WriteString("hash"u8, hash);
        writer.WriteNumber("ts"u8, nowMs);
    }
}
