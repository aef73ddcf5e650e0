using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>What the configuration file says of itself.</summary>
internal sealed record MetaConfig
{
    [Range(1, 1_000_000), Description("The form of the file. The gateway writes it, and starts with no file of a newer form than it knows.")]
    public int? Version { get; init; }
}
