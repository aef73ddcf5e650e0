using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Chela.Cli;

/// <summary>The options that every command has which talks to a running gateway.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> _url = new("--url")
    {
        Description = "Address of the gateway (else CHELA_URL, else the gateway running on the state directory)",
        HelpName = "URL",
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = "Shared secret (else CHELA_TOKEN, else the state directory's, for loopback addresses only)",
        HelpName = "TOKEN",
    };

    private readonly Option<string?> _tlsFingerprint = new("--tls-fingerprint")
    {
        Description = "SHA-256 of the gateway's certificate (else CHELA_TLS_FINGERPRINT, else that of the gateway running on the state directory)",
        HelpName = "HEX",
    };

    private readonly Option<string?> _stateDir = new("--state-dir")
    {
        Description = "State directory (else CHELA_STATE_DIR, else ~/.chela)",
        HelpName = "DIR",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON value, for programs" };

    private readonly Option<TimeSpan?> _timeout;

    public ConnectionOptions(string timeoutDescription) => _timeout = new Option<TimeSpan?>("--timeout")
    {
        Description = timeoutDescription,
        HelpName = "SECONDS",
        CustomParser = ReadSeconds,
    };

    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_token);
        command.Add(_tlsFingerprint);
        command.Add(_stateDir);
        command.Add(_json);
        command.Add(_timeout);
    }

    public ConnectionSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_url), parsed.GetValue(_token), parsed.GetValue(_stateDir), parsed.GetValue(_json), parsed.GetValue(_timeout))
    {
        TlsFingerprint = parsed.GetValue(_tlsFingerprint),
    };

    private static TimeSpan? ReadSeconds(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        if (isNumber && seconds is > 0 and <= 86_400)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        result.AddError("--timeout takes a number of seconds, at most 86400.");
        return null;
    }
}

/// <summary>What the connection options said; null for what was not given.</summary>
internal sealed record ConnectionSettings(string? Url, string? Token, string? StateDirectory, bool Json, TimeSpan? Timeout)
{
    public string? TlsFingerprint { get; init; }

    /// <summary>Nothing: a record would print the token.</summary>
    public override string ToString() => nameof(ConnectionSettings);
}
