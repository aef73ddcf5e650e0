using System.ComponentModel;

namespace Chela.Gateway.Config;

/// <summary>Devices that connect to the gateway.</summary>
internal sealed record GatewayNodesConfig
{
    public NodePairingConfig Pairing { get; init; } = new();
}

/// <summary>How devices are admitted.</summary>
internal sealed record NodePairingConfig
{
    [Description("Whether a device that connects from this machine itself, and from no browser page, is admitted without asking anybody.")]
    public bool AutoApproveLocal { get; init; } = true;

    [Description("Networks from which a node that nobody knows is admitted without asking anybody, once it showed the gateway's secret.")]
    public IReadOnlyList<string> AutoApproveCidrs { get; init; } = [];
}
