using System.Text.Json;
using Chela.Gateway.Config.References;

namespace Chela.Gateway.Config;

/// <summary>The configuration in force: checked whole, immutable, replaced whole.</summary>
/// <param name="Config">The settings.</param>
/// <param name="Effective">The same as JSON, with every default; for comparing and, without secrets, for showing.</param>
/// <param name="Origins">The layer that decided each dotted key.</param>
/// <param name="Hash">SHA-256 of the effective JSON, in lower-case hexadecimal.</param>
/// <param name="FilePath">Where the file is or would be.</param>
/// <param name="FileExists">Whether there was a file.</param>
internal sealed record ConfigSnapshot(
    ChelaConfig Config,
    JsonElement Effective,
    IReadOnlyDictionary<string, ConfigLayer> Origins,
    string Hash,
    string FilePath,
    bool FileExists)
{
    /// <summary>The values of the file that stand for others.</summary>
    public ConfigReferences References { get; init; } = ConfigReferences.None;

    /// <summary>What the user should know of secrets that are good, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Never shows the effective JSON, which holds secrets.</summary>
    public override string ToString() => $"{nameof(ConfigSnapshot)} {{ {nameof(FilePath)} = {FilePath}, {nameof(Hash)} = {Hash} }}";
}
