using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>The files that come with messages.</summary>
internal sealed record AttachmentsConfig
{
    [Range(1_048_576, 1_125_899_906_842_624), Description("How much room they may take on disk together, in bytes; what would need more is refused.")]
    public long MaxDiskBytes { get; init; } = 10L * 1024 * 1024 * 1024;
}

/// <summary>How long one of them may be, in bytes.</summary>
/// <param name="MaxBytes">The longest of all.</param>
/// <param name="MaxImageBytes">The longest picture.</param>
internal sealed record AttachmentLimits(long MaxBytes, long MaxImageBytes)
{
    /// <summary>What of a frame is left for the rest of a message.</summary>
    private const int RestOfFrame = 256 * 1024;

    private const long LongestImage = 6 * 1024 * 1024;

    /// <summary>The limits in force: a file comes in a frame, where four letters stand for three of its bytes.</summary>
    public static AttachmentLimits Of(ChelaConfig config)
    {
        var inFrame = Math.Max(0, config.Gateway.Limits.MaxPayload - RestOfFrame) / 4 * 3;
        var longest = Math.Min(config.Agents.Defaults.MediaMaxMb * 1024L * 1024L, inFrame);
        return new AttachmentLimits(longest, Math.Min(longest, LongestImage));
    }
}
