using System.Text.Json.Nodes;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Secrets;

namespace Chela.Gateway.Config;

/// <summary>One setting given on the command line.</summary>
/// <param name="Path">The dotted key: <c>gateway.port</c>.</param>
/// <param name="Value">The value as text.</param>
/// <param name="Option">The option as it was typed, for messages.</param>
internal sealed record ConfigOverride(string Path, string Value, string Option)
{
    /// <summary>Never shows the value, which may be a secret.</summary>
    public override string ToString() => $"{Option} {Path}";
}

/// <summary>Everything that configuration is made of. The host reads it; loading itself touches nothing outside.</summary>
/// <param name="FilePath">Where the file is or would be.</param>
/// <param name="FileBytes">The content of the file; null where there is none. More than
/// <see cref="ConfigText.MaxBytes"/> is refused, so a reader may stop one byte after that.</param>
internal sealed record ConfigSources(string FilePath, byte[]? FileBytes)
{
    /// <summary>The files that the file includes.</summary>
    public IncludedFiles Included { get; init; } = IncludedFiles.None;

    /// <summary>The environment of the process; what is not configuration is ignored.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the keys of encrypted values are, unless the environment holds them; null where there is no such file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The secrets that the file refers to, once they are read.</summary>
    public SecretMaterial Secrets { get; init; } = SecretMaterial.None;

    /// <summary>What calls have changed for as long as the gateway runs, shaped like the file. Never changed itself, but replaced.</summary>
    public JsonObject RunTime { get; init; } = [];

    /// <summary>In the order given; the last one for a key wins.</summary>
    public IReadOnlyList<ConfigOverride> Overrides { get; init; } = [];
}
