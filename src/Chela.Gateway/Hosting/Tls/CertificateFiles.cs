using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Tls;

/// <summary>With what the gateway shows who it is.</summary>
/// <param name="Context">The certificate, its key, and the certificates that lead to its authority.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, in lower-case hexadecimal; clients that know it need no authority.</param>
/// <param name="EndsAt">When the certificate ends.</param>
internal sealed record ServerIdentity(SslStreamCertificateContext Context, string Fingerprint, DateTimeOffset EndsAt);

/// <summary>A certificate cannot be used; the message says which file and why.</summary>
internal sealed class CertificateException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The files of a certificate.</summary>
internal sealed class CertificateFiles(string certificate, string? key, string? password)
{
    /// <summary>Far more than any chain needs.</summary>
    private const int MaxBytes = 1024 * 1024;

    private static readonly string[] PfxEndings = [".pfx", ".p12"];

    /// <summary>Those that the configuration names; null where it names none.</summary>
    public static CertificateFiles? Named(TlsConfig tls) =>
        tls.CertPath is { } certificate ? new CertificateFiles(certificate, tls.KeyPath, tls.Password) : null;

    /// <summary>Changes when somebody has put other content in place of a file.</summary>
    public string Stamp() => string.Join('|', Paths.Select(path => new FileInfo(path)).Select(file =>
        file.Exists ? $"{file.LastWriteTimeUtc.Ticks}/{file.Length}/{file.ResolveLinkTarget(returnFinalTarget: true)?.LastWriteTimeUtc.Ticks}" : ""));

    /// <summary>Why they cannot be used; null where they can.</summary>
    public string? Problem
    {
        get
        {
            try
            {
                Read();
                return null;
            }
            catch (CertificateException wrong)
            {
                return wrong.Message;
            }
        }
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="CertificateException">They are not there, damaged, or do not belong together.</exception>
    public ServerIdentity Read()
    {
        try
        {
            foreach (var path in Paths)
            {
                if (new FileInfo(path).Length > MaxBytes)
                {
                    throw new CertificateException($"{path} has more than {MaxBytes} bytes; it is no certificate");
                }
            }

            var (own, chain) = PfxEndings.Contains(Path.GetExtension(certificate), StringComparer.OrdinalIgnoreCase) ? ReadPfx() : ReadPem();
            var context = SslStreamCertificateContext.Create(own, chain, offline: true);
            return new ServerIdentity(context, own.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), own.NotAfter.ToUniversalTime());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new CertificateException($"the certificate {string.Join(" with the key ", Paths)} cannot be used: {e.Message}", e);
        }
    }

    private IEnumerable<string> Paths => key is null ? [certificate] : [certificate, key];

    private (X509Certificate2 Own, X509Certificate2Collection Chain) ReadPem()
    {
        var own = password is null
            ? X509Certificate2.CreateFromPemFile(certificate, key ?? certificate)
            : X509Certificate2.CreateFromEncryptedPemFile(certificate, password, key ?? certificate);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        return (own, chain);
    }

    private (X509Certificate2 Own, X509Certificate2Collection Chain) ReadPfx()
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(certificate, password, X509KeyStorageFlags.EphemeralKeySet);
        return (all.FirstOrDefault(one => one.HasPrivateKey) ?? throw new CertificateException($"{certificate} holds no key"), all);
    }
}
