using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chela.Gateway.Tests.Support;

/// <summary>A gateway with settings of TLS, and what it shows to whoever connects.</summary>
internal static class TlsGateway
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<GatewayProcess> StartAsync(TempFolder folder, string tls) =>
        await GatewayProcess.StartAsync(await WriteAsync(folder, tls));

    public static async Task<(int ExitCode, string Output, string Errors)> RefusedAsync(TempFolder folder, string tls) =>
        await GatewayProcess.RefusedAsync(await WriteAsync(folder, tls));

    public static string FingerprintOf(X509Certificate certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>What is spoken with a client that speaks only this, and the certificate that is shown.</summary>
    public static async Task<(SslProtocols Protocol, string Fingerprint)> LookAsync(GatewayProcess gateway, SslProtocols protocol = SslProtocols.None)
    {
        using var tcp = new TcpClient("127.0.0.1", new Uri(gateway.Url).Port);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol }, Ct);
        return (tls.SslProtocol, FingerprintOf(tls.RemoteCertificate!));
    }

    private static async Task<GatewayStart> WriteAsync(TempFolder folder, string tls)
    {
        var state = Directory.CreateDirectory(Path.Combine(folder.Path, "state"));
        await File.WriteAllTextAsync(Path.Combine(state.FullName, "chela.json"), $$"""{ "gateway": { "tls": {{tls}} } }""", Ct);
        return new GatewayStart(folder.Path);
    }
}
