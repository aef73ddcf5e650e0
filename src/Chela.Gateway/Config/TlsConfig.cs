using System.ComponentModel;

namespace Chela.Gateway.Config;

/// <summary>Encryption of every port that the gateway listens on (A7). The keys are OpenClaw's.</summary>
internal sealed record TlsConfig
{
    [Description("Whether the gateway speaks TLS: wss:// and https://, on every port.")]
    public bool Enabled { get; init; }

    [Description("Whether the gateway makes a certificate of its own where none is named.")]
    public bool AutoGenerate { get; init; } = true;

    [Description("The certificate with those that lead to its authority: PEM, or PFX (.pfx, .p12) with its key.")]
    public string? CertPath { get; init; }

    [Description("The key of the certificate, PEM; unset means that it stands in the file of the certificate.")]
    public string? KeyPath { get; init; }

    [Description("What opens the key or the PFX file; unset for one that is not locked.")]
    public string? Password { get; init; }

    /// <summary>Never shows the password: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(TlsConfig)} {{ {nameof(Enabled)} = {Enabled}, {nameof(CertPath)} = {CertPath} }}";
}

/// <summary>What the settings of TLS must be together.</summary>
internal static class TlsRule
{
    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(TlsConfig tls)
    {
        if (tls is { Enabled: true, CertPath: null, AutoGenerate: false })
        {
            yield return ("gateway.tls.autoGenerate", "is false, so gateway.tls.certPath must name a certificate");
        }

        if (tls is { CertPath: null, KeyPath: not null })
        {
            yield return ("gateway.tls.keyPath", "needs gateway.tls.certPath, the certificate of this key");
        }
    }
}
