namespace Chela;

/// <summary>What <c>chela gateway run</c> was asked for. What is null was not given: configuration or a default decides.</summary>
internal sealed record GatewayRunOptions
{
    /// <summary>The port to listen on; 0 takes any free one.</summary>
    public int? Port { get; init; }

    /// <summary>Which addresses to listen on.</summary>
    public string? Bind { get; init; }

    /// <summary>Where the gateway keeps its state.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>The shared secret for this run.</summary>
    public string? Token { get; init; }

    /// <summary>The configuration file.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>True to start in safe mode, false never to.</summary>
    public bool? SafeMode { get; init; }

    /// <summary>Whether to log more.</summary>
    public bool Verbose { get; init; }

    /// <summary>Everything but the token.</summary>
    public override string ToString() =>
        $"port {Port}, bind {Bind}, state {StateDirectory}, config {ConfigFile}, token {(Token is null ? "not given" : "given")}";
}
