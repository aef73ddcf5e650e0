using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Tls;

/// <summary>
/// The certificate that the gateway makes for itself. No authority vouches for it: clients know it by its fingerprint, so it is kept for long.
/// </summary>
internal static class OwnCertificate
{
    private const int Years = 10;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 § 4.2.1.12

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>The file with the certificate, made where there is none or it ends soon. Certificate and key are one file, which is replaced at one instant.</summary>
    /// <param name="path">Where it is or will be; mode 0600.</param>
    /// <param name="names">Host names and addresses under which the gateway is reached.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CertificateException">It is damaged; its users would have to be told of another one.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task<CertificateFiles> ReadOrMakeAsync(string path, IEnumerable<string> names, TimeProvider time, CancellationToken ct)
    {
        var files = new CertificateFiles(path, key: null, password: null);
        var now = time.GetUtcNow();
        if (!File.Exists(path) || files.Read().EndsAt < now + RenewBefore)
        {
            await new DocumentFile(path).WriteAsync(Encoding.ASCII.GetBytes(Make(names, now)), ct);
        }

        return files;
    }

    private static string Make(IEnumerable<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Chela gateway", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(Alternatives(names));
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years)); // clocks differ
        return $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static X509Extension Alternatives(IEnumerable<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        return alternatives.Build();
    }
}
