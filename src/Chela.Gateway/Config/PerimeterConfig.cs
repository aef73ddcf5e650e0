using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Which web pages may speak with the gateway.</summary>
internal sealed record ControlUiConfig
{
    [MaxLength(100), Description("Origins of web pages that may connect besides the gateway's own, for example https://chat.example.org; * admits every page.")]
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    [Description("Also admits a page whose host equals the Host header. Dangerous: a page that changes its address can reach the gateway.")]
    public bool DangerouslyAllowHostHeaderOriginFallback { get; init; }
}
