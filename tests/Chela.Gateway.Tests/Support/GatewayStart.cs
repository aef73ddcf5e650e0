namespace Chela.Gateway.Tests.Support;

/// <summary>How a gateway is to be started.</summary>
/// <param name="Home">The home directory; nothing outside it is used.</param>
internal sealed record GatewayStart(string Home)
{
    /// <summary>The state directory named on the command line; null leaves it to the program.</summary>
    public string? StateDirectory { get; init; } = Path.Combine(Home, "state");

    /// <summary>The port named on the command line; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether it may start in safe mode by itself. Most tests end their gateways on purpose, and mean nothing by it.</summary>
    public bool MayBeSafe { get; init; }

    /// <summary>Further arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables to set.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    public IEnumerable<string> CommandLine =>
    [
        "gateway", "run", "--port", Port.ToString(provider: null),
        .. StateDirectory is { } directory ? ["--state-dir", directory] : Array.Empty<string>(),
        .. MayBeSafe ? Array.Empty<string>() : ["--no-safe-mode"],
        .. Arguments,
    ];
}
