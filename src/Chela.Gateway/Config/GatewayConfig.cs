using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Where the gateway listens, whom it lets in and how much it takes.</summary>
internal sealed record GatewayConfig
{
    [Range(0, 65_535), Description("The port; 0 takes any free one.")]
    public int Port { get; init; } = 18_789;

    [Description("The address to listen on: loopback, lan, tailnet, auto, custom, an IP address or a host name.")]
    public string Bind { get; init; } = BindRule.Loopback;

    [Description("The address that the word custom in gateway.bind stands for.")]
    public string? CustomBindHost { get; init; }

    [MaxLength(16), Description("Further ports, each with the dialect that is spoken there.")]
    public IReadOnlyList<ListenerConfig> Listeners { get; init; } = [];

    [MaxLength(100), Description("Names under which the gateway is reached, besides those of this machine; a leading *. stands for one or more labels.")]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    [MaxLength(1_000), Description("The only addresses and networks that may connect; empty admits every address.")]
    public IReadOnlyList<string> AllowedAddresses { get; init; } = [];

    [MaxLength(1_000), Description("Addresses and networks of reverse proxies; only what they say of a client is believed.")]
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    public TlsConfig Tls { get; init; } = new();

    public HttpConfig Http { get; init; } = new();

    public ControlUiConfig ControlUi { get; init; } = new();

    public GatewayAuthConfig Auth { get; init; } = new();

    public GatewayLimitsConfig Limits { get; init; } = new();

    public GatewayEventsConfig Events { get; init; } = new();

    public GatewayNodesConfig Nodes { get; init; } = new();

    public GatewayReloadConfig Reload { get; init; } = new();

    [Range(100, 3_600_000), Description("How often clients are told that the gateway is alive, in milliseconds.")]
    public int TickIntervalMs { get; init; } = 30_000;
}

/// <summary>What the gateway answers over HTTP.</summary>
internal sealed record HttpConfig
{
    public SecurityHeadersConfig SecurityHeaders { get; init; } = new();
}

/// <summary>What browsers are told to beware of.</summary>
internal sealed record SecurityHeadersConfig
{
    [MaxLength(200), RegularExpression(@"[\x20-\x7E]*"), Description("The header Strict-Transport-Security of answers over TLS, such as max-age=31536000; unset sends none.")]
    public string? StrictTransportSecurity { get; init; }
}

/// <summary>What becomes of a file that is changed while the gateway runs.</summary>
internal sealed record GatewayReloadConfig
{
    public const string Off = "off";
    public const string Restart = "restart";
    public const string Hot = "hot";
    public const string Hybrid = "hybrid";

    [AllowedValues(Off, Restart, Hot, Hybrid)]
    [Description("What becomes of a file that is changed while the gateway runs: it is not read, waits for a restart, or is in force at once as far as that can be.")]
    public string Mode { get; init; } = Hybrid;
}

/// <summary>What is kept of past events for clients that come back after a lost connection.</summary>
internal sealed record GatewayEventsConfig
{
    [Range(0, 1_073_741_824), Description("How much is kept of past events for clients that come back, in bytes; 0 keeps nothing.")]
    public int ReplayBytes { get; init; } = 8_388_608;

    [Range(0, 86_400_000), Description("How long a past event is kept, in milliseconds.")]
    public int ReplayMs { get; init; } = 300_000;
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

    [Range(0, 1_000_000), Description("Runs that one connection, and one device over all its connections, may ask for in a minute; 0 is no limit.")]
    public int MaxChatPerMinute { get; init; } = 100;

    [Range(0, 1_000_000), Description("The same, from one address; 0 is no limit.")]
    public int MaxChatPerMinutePerAddress { get; init; } = 600;
}
