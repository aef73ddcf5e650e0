using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>What the host of a gateway decides. Everything else is configuration.</summary>
/// <param name="Paths">Where the gateway keeps its state.</param>
public sealed record GatewayOptions(StatePaths Paths)
{
    /// <summary>The configuration file; null means <c>chela.json</c> in the state directory.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings from the command line: the option as typed, the dotted key that it stands for, the value.</summary>
    public IReadOnlyList<(string Option, string Key, string Value)> Settings { get; init; } = [];

    /// <summary>
    /// True to start without channels, deliveries and MCP servers; false never to; null to do so after several starts that did not last. A restart within the
    /// process leaves it.
    /// </summary>
    public bool? SafeMode { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go; without it nowhere.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>What a user wants to know of a gateway that has started.</summary>
/// <param name="Url">Where it listens, for example <c>ws://127.0.0.1:18789</c>.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Model">The model that answers, <c>provider/name</c>.</param>
/// <param name="TokenFile">Where the token is; null when it was configured.</param>
/// <param name="Warnings">What the user should know, a sentence each.</param>
public sealed record GatewayStarted(string Url, string Version, string Model, string? TokenFile, IReadOnlyList<string> Warnings)
{
    /// <summary>The further ports that were configured, in their order.</summary>
    public IReadOnlyList<GatewayListener> Listeners { get; init; } = [];

    /// <summary>The kind of credential that it wants: <c>token</c>, <c>password</c>, <c>none</c>, <c>trusted-proxy</c> or <c>oidc</c>.</summary>
    public string AuthMode { get; init; } = "token";

    /// <summary>SHA-256 of the certificate that it shows, in lower-case hexadecimal; null without TLS.</summary>
    public string? TlsFingerprint { get; init; }
}

/// <summary>A port besides the gateway's own.</summary>
/// <param name="Url">Where it listens.</param>
/// <param name="Dialect">What is spoken at its root, as the configuration names it.</param>
public sealed record GatewayListener(string Url, string Dialect);
