using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Whether an answer is told again where the model would be asked the very same.</summary>
internal sealed record ResponseCacheConfig
{
    [Range(0, 604_800), Description("How long an answer is told again, in seconds; 0 asks the model each time.")]
    public int TtlSeconds { get; init; }
}
