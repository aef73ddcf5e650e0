using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>What agents remember.</summary>
internal sealed record MemoryConfig
{
    public MemorySearchConfig Search { get; init; } = new();
}

/// <summary>How that is found.</summary>
internal sealed record MemorySearchConfig
{
    [MinLength(1), MaxLength(256), Description("The model provider that compares texts by their meaning; unset compares words alone.")]
    public string? Provider { get; init; }

    [MinLength(1), MaxLength(256), Description("Its model for that, an embedding model.")]
    public string? Model { get; init; }
}

/// <summary>What must be set together.</summary>
internal static class MemoryRules
{
    /// <summary>The problems, each with the dotted key of the setting at fault.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(MemorySearchConfig search) => search switch
    {
        { Provider: not null, Model: null } => [("memory.search.provider", "needs memory.search.model, an embedding model of that provider")],
        { Provider: null, Model: not null } => [("memory.search.model", "needs memory.search.provider, which has that model")],
        _ => [],
    };
}
