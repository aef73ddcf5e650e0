using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Where the gateway listens, whom it lets in and how much it takes.</summary>
internal sealed record GatewayConfig
{
    [Range(0, 65_535), Description("The port; 0 takes any free one.")]
    public int Port { get; init; } = 18_789;

    [Description("The address to listen on: loopback, an IP address or a host name.")]
    public string Bind { get; init; } = BindRule.Loopback;

    public GatewayAuthConfig Auth { get; init; } = new();

    public GatewayLimitsConfig Limits { get; init; } = new();

    [Range(100, 3_600_000), Description("How often clients are told that the gateway is alive, in milliseconds.")]
    public int TickIntervalMs { get; init; } = 30_000;
}

/// <summary>How callers prove who they are.</summary>
internal sealed record GatewayAuthConfig
{
    [AllowedValues("token"), Description("The kind of credential.")]
    public string Mode { get; init; } = "token";

    [Description("The shared secret; unset means the one that the gateway makes at its first start.")]
    public string? Token { get; init; }

    /// <summary>Never shows the token: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(GatewayAuthConfig)} {{ {nameof(Mode)} = {Mode} }}";
}

/// <summary>How much the gateway takes from its clients.</summary>
internal sealed record GatewayLimitsConfig
{
    [Range(1, 100_000), Description("Connections at once.")]
    public int MaxConnections { get; init; } = 1_000;

    [Range(1, 100_000), Description("Connections at once that have not shown who they are.")]
    public int MaxUnauthenticated { get; init; } = 256;

    [Range(1, 100_000), Description("The same, from one address.")]
    public int MaxUnauthenticatedPerAddress { get; init; } = 32;

    [Range(100, 600_000), Description("How long a client may take to show who it is, in milliseconds.")]
    public int HandshakeTimeoutMs { get; init; } = 15_000;

    [Range(1_024, 16_777_216), Description("The largest frame before that, in bytes.")]
    public int MaxPayloadBeforeAuth { get; init; } = 65_536;

    [Range(1_024, 268_435_456), Description("The largest frame after it, in bytes.")]
    public int MaxPayload { get; init; } = 1_048_576;

    [Range(65_536, 1_073_741_824), Description("What may wait for one slow client before it is disconnected, in bytes.")]
    public int MaxBufferedBytes { get; init; } = 8_388_608;

    [Range(1, 100_000), Description("Calls of one connection that may be under way at once.")]
    public int MaxInFlight { get; init; } = 256;
}
