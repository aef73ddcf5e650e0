using System.Net;
using System.Text.Json;
using Chela.Gateway.Hosting;

namespace Chela.Cli;

/// <summary>Which gateway to talk to and with which secret, and where both were found.</summary>
internal sealed record GatewayTarget(Uri Url, string? Token, string TokenSource, string TokenFile)
{
    private const int FingerprintDigits = 64;
    private const string FingerprintVariable = "CHELA_TLS_FINGERPRINT";
    private const string DefaultUrl = "ws://127.0.0.1:18789/";

    /// <summary>The certificate that is meant, SHA-256 in hexadecimal; null to trust authorities.</summary>
    public string? TlsFingerprint { get; init; }

    /// <summary>The address as it may be shown: without user name, password and query.</summary>
    public string DisplayUrl => Display(Url);

    /// <summary>Chooses address and secret. The secret in the state directory never leaves this machine.</summary>
    /// <exception cref="UsageException">The address is not one of a WebSocket, or a fingerprint is none.</exception>
    public static GatewayTarget Resolve(ConnectionSettings settings, Func<string, string?> environment)
    {
        var paths = StatePaths.Resolve(settings.StateDirectory, environment);
        var running = Running(paths);
        var url = ReadUrl(Given(settings.Url) ?? Given(environment("CHELA_URL")) ?? Given(running?.Url) ?? DefaultUrl);
        var fingerprint = Given(settings.TlsFingerprint) ?? Given(environment(FingerprintVariable));
        if (fingerprint is not null && fingerprint.Count(char.IsAsciiHexDigit) != FingerprintDigits)
        {
            throw new UsageException($"'{fingerprint}' is no TLS fingerprint; expected 64 hexadecimal digits, as the gateway prints them when it starts");
        }

        if (fingerprint is not null && url.Scheme != "wss")
        {
            throw new UsageException($"a TLS fingerprint was given, but {Display(url)} is not encrypted; it begins with wss:// where TLS is spoken");
        }

        return WithSecret(url, settings, environment, paths) with
        {
            TlsFingerprint = fingerprint ?? (running?.Url is { } own && ReadUrl(own) == url ? running.TlsFingerprint : null),
        };
    }

    public override string ToString() => DisplayUrl;

    private static GatewayTarget WithSecret(Uri url, ConnectionSettings settings, Func<string, string?> environment, StatePaths paths)
    {
        if (Given(settings.Token) is { } option)
        {
            return new GatewayTarget(url, option, "--token", paths.TokenFile);
        }

        if (Given(environment("CHELA_TOKEN")) is { } variable)
        {
            return new GatewayTarget(url, variable, "CHELA_TOKEN", paths.TokenFile);
        }

        return IsLocal(url) && StateFile.TryRead(paths.TokenFile) is { } text && Given(text.Trim()) is { } secret
            ? new GatewayTarget(url, secret, paths.TokenFile, paths.TokenFile)
            : new GatewayTarget(url, null, "nowhere", paths.TokenFile);
    }

    /// <summary>Only what cannot lead to another machine: not a name that a resolver may answer as it likes.</summary>
    internal static bool IsLocal(Uri url) =>
        IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
            ? IPAddress.IsLoopback(address)
            : string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase);

    private static Uri ReadUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            throw new UsageException($"'{text}' is not an address; expected for example {DefaultUrl}");
        }

        var scheme = url.Scheme switch
        {
            "ws" or "http" => "ws",
            "wss" or "https" => "wss",
            _ => throw new UsageException($"'{Display(url)}' is not the address of a gateway; it begins with ws:// or wss://"),
        };
        var port = url.IsDefaultPort && url.Scheme == scheme ? -1 : url.Port;
        return new UriBuilder(url) { Scheme = scheme, Port = port, Fragment = "" }.Uri;
    }

    /// <summary>What the gateway that holds the state directory wrote into its lock; null if there is none or it is unreadable.</summary>
    private static RunningGateway? Running(StatePaths paths)
    {
        try
        {
            if (StateFile.TryRead(paths.LockFile) is not { Length: > 0 } text)
            {
                return null;
            }

            var running = JsonSerializer.Deserialize(text, CliJson.Default.RunningGateway);
            return Given(running?.Url) is { } url && Uri.TryCreate(url, UriKind.Absolute, out var address)
                ? running! with { Url = Reachable(address) }
                : null;
        }
        catch (JsonException)
        {
            // A lock that is being written, or another program's file: the default address is the better guess.
            return null;
        }
    }

    /// <summary>A gateway that listens everywhere is reached here.</summary>
    private static string Reachable(Uri url) =>
        IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(url) { Host = "127.0.0.1" }.Uri.AbsoluteUri
            : url.AbsoluteUri;

    private static string Display(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>The text of the gateway's lock file.</summary>
internal sealed record RunningGateway(string? Url)
{
    public string? TlsFingerprint { get; init; }
}
