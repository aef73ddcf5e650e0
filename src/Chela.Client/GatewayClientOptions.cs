namespace Chela.Client;

/// <summary>Where to connect, as whom, and how long to wait.</summary>
public sealed record GatewayClientOptions
{
    /// <summary>The gateway's address: <c>ws://</c> or <c>wss://</c>. The path is <c>/</c> unless given.</summary>
    public required Uri Url { get; init; }

    /// <summary>The shared secret; null to connect without one.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// SHA-256 of the certificate that the gateway shows, 64 hexadecimal digits with or without colons: no authority has to vouch for that one,
    /// and no other is accepted. Null to trust the authorities that this machine trusts.
    /// </summary>
    /// <exception cref="ArgumentException">It is no SHA-256.</exception>
    public string? TlsFingerprint
    {
        get;
        init => field = value is null ? null
            : ServerCertificate.Normalise(value) ?? throw new ArgumentException("A fingerprint is 64 hexadecimal digits, the SHA-256 of a certificate.", nameof(value));
    }

    /// <summary>Which program this is; a closed list on the gateway's side.</summary>
    public string ClientId { get; init; } = "cli";

    /// <summary>What kind of program this is; a closed list on the gateway's side.</summary>
    public string ClientMode { get; init; } = "cli";

    /// <summary>The version that the gateway shows for this client.</summary>
    public string ClientVersion { get; init; } = "0.1.0";

    /// <summary>The operating system that the gateway shows for this client.</summary>
    public string Platform { get; init; } = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "macos" : "linux";

    /// <summary>The operator scopes asked for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } =
    [
        "operator.admin", "operator.read", "operator.write", "operator.approvals",
        "operator.questions", "operator.pairing", "operator.talk.secrets",
    ];

    /// <summary>The longest wait for the whole way from the first packet to the gateway's hello.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait for an answer to one call; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait for the gateway's goodbye when the client is disposed.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether a lost connection is made again, for as long as it takes. Events that were missed are delivered where the gateway still
    /// has them; where not, the next event says so (<see cref="GatewayEventMessage.Missed"/>). Calls that were under way fail; later
    /// ones wait for the new connection.
    /// </summary>
    public bool Reconnect { get; init; }

    /// <summary>The wait before the first new attempt; each further one waits twice as long, up to <see cref="MaxReconnectDelay"/>.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait between two attempts.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Spreads the attempts of many clients over time.</summary>
    public Random Jitter { get; init; } = new();

    /// <summary>The largest frame accepted from the gateway, in bytes.</summary>
    public int MaxFrameBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>The clock of every timeout.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The client id and the bare address; never the token.</summary>
    public override string ToString() =>
        $"{ClientId} at {Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}";
}
