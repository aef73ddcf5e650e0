using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>config.set</c>.</summary>
/// <param name="Raw">The whole text of the file.</param>
internal sealed record ConfigSetParams([property: MinLength(1)] string Raw)
{
    [MinLength(1), Description("The hash that config.get told; needed once there is a file.")]
    public string? BaseHash { get; init; }
}

/// <summary>Parameters of <c>config.apply</c>.</summary>
/// <param name="Raw">The whole text of the file.</param>
internal record ConfigApplyParams([property: MinLength(1)] string Raw)
{
    [MinLength(1), Description("The hash that config.get told; needed once there is a file.")]
    public string? BaseHash { get; init; }

    [Description("The session that is told when a restart which the change needs is done.")]
    public string? SessionKey { get; init; }

    [Description("Taken for OpenClaw's sake and not used: the session knows where its answers go.")]
    public JsonElement? DeliveryContext { get; init; }

    [MaxLength(2000), Description("What the session is told.")]
    public string? Note { get; init; }

    [Range(0, int.MaxValue), Description("How long a restart waits at least, in milliseconds; 2000 without it, 60000 at most.")]
    public int? RestartDelayMs { get; init; }
}

/// <summary>Parameters of <c>config.patch</c>.</summary>
/// <param name="Raw">What is laid over the settings, an object as text.</param>
internal sealed record ConfigPatchParams(string Raw) : ConfigApplyParams(Raw)
{
    [MaxLength(256), Description("Lists that may lose items.")]
    public IReadOnlyList<string>? ReplacePaths { get; init; }
}

/// <summary>The file is written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Config">What is in force, without its secrets.</param>
internal sealed record ConfigWritten(bool Ok, string Path, JsonElement Config)
{
    /// <summary>True where nothing was to be done.</summary>
    public bool? Noop { get; init; }

    /// <summary>What <c>config.get</c> tells from now on.</summary>
    public string? Hash { get; init; }

    /// <summary>The settings that changed, in force or not.</summary>
    public IReadOnlyList<string>? ChangedPaths { get; init; }

    /// <summary>The restart that some of them need.</summary>
    public ConfigRestart? Restart { get; init; }
}

/// <summary>A restart that settings wait for.</summary>
/// <param name="Scheduled">Whether the gateway does it by itself.</param>
/// <param name="Paths">The settings.</param>
internal sealed record ConfigRestart(bool Scheduled, IReadOnlyList<string> Paths)
{
    /// <summary>True where a restart had been due before.</summary>
    public bool? Coalesced { get; init; }

    /// <summary>When it comes, in milliseconds from now, without the wait for runs.</summary>
    public long? DelayMs { get; init; }
}

/// <summary>Parameters of <c>config.validate</c>.</summary>
/// <param name="Raw">A text of the file; nothing is written.</param>
internal sealed record ConfigValidateParams(string Raw);

/// <summary>Whether a gateway would start with a text.</summary>
internal sealed record ConfigVerdict(bool Valid, IReadOnlyList<ConfigIssue> Issues);
