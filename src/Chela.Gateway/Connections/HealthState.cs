using System.Text.Json;

namespace Chela.Gateway.Connections;

/// <summary>The gateway's health as it was found last, and how often it was found: what a hello tells of it.</summary>
internal sealed class HealthState
{
    /// <summary>What those are told who may not read.</summary>
    public static readonly JsonElement Unknown = JsonElement.Parse("{}");

    private volatile Found _last = new(0, Unknown);

    /// <summary>Grows with every look; clients see by it that their copy is old.</summary>
    public long Version => _last.Version;

    /// <summary>For those who may read.</summary>
    public JsonElement Snapshot => _last.Snapshot;

    /// <summary>Only one may look at a time.</summary>
    public void Set(JsonElement snapshot) => _last = new Found(Version + 1, snapshot);

    private sealed record Found(long Version, JsonElement Snapshot);
}
