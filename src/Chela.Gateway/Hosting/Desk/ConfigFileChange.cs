using System.Text.Json;

namespace Chela.Gateway.Hosting.Desk;

/// <summary>The configuration file is as it was wanted.</summary>
/// <param name="Path">The file.</param>
/// <param name="Written">False where it was so before.</param>
/// <param name="Settings">What changed in it.</param>
public sealed record ConfigFileChange(string Path, bool Written, IReadOnlyList<ChangedSetting> Settings);

/// <summary>A setting that the file says otherwise now.</summary>
/// <param name="Key">The dotted key.</param>
/// <param name="InForce">From when on a running gateway minds it: <c>at-once</c>, <c>restart</c>, <c>overridden</c> (the environment says otherwise), <c>unread</c>.</param>
public sealed record ChangedSetting(string Key, string InForce);

/// <summary>A former content of the configuration file.</summary>
/// <param name="Name">A number, 1 for the latest, or <c>last-good</c> for what a gateway last started with or took in.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="WrittenAt">When it was put there.</param>
public sealed record ConfigBackup(string Name, string Path, long Bytes, DateTimeOffset WrittenAt);

/// <summary>A setting that differs; secrets are not shown.</summary>
/// <param name="Key">The dotted key.</param>
/// <param name="Before">What it was; null where it was not set.</param>
/// <param name="After">What it is; null where it is not set.</param>
public sealed record ConfigDifference(string Key, JsonElement? Before, JsonElement? After);

/// <summary>How a value that was given as text is meant.</summary>
public enum ValueForm
{
    /// <summary>As the key says: text for a key that holds text, a number for one that holds numbers, JSON where lists and objects may stand.</summary>
    AsKeySays,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>Text, whatever it looks like.</summary>
    Text,
}
