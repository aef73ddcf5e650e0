using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Chela.Client;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The files of certificates, as people write and replace them, at the real executable (A7).</summary>
[Trait("Requirement", "A7")]
public sealed class CertificateFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string CertificatePath => Path.Combine(_folder.Path, "certificate.pem");

    private string KeyPath => Path.Combine(_folder.Path, "key.pem");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("one file")]
    [InlineData("two files")]
    [InlineData("locked key")]
    [InlineData("pfx")]
    public async Task A_certificate_of_an_authority_is_shown_with_what_leads_to_it(string form)
    {
        using var certificate = _authority.Issue("localhost");
        await using var gateway = await TlsGateway.StartAsync(_folder, Write(form, certificate));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_authority.Certificate);

        using var tcp = new TcpClient("127.0.0.1", new Uri(gateway.Url).Port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy }, Ct);

        Assert.Equal(TlsGateway.FingerprintOf(certificate), TlsGateway.FingerprintOf(tls.RemoteCertificate!));
    }

    [Fact]
    [Trait("Requirement", "K3")]
    public async Task A_certificate_that_is_replaced_is_shown_to_those_who_come_later_and_a_bad_one_to_nobody()
    {
        using var first = _authority.Issue("localhost");
        using var second = _authority.Issue("localhost");
        await using var gateway = await TlsGateway.StartAsync(_folder, Write("one file", first));
        var options = new GatewayClientOptions { Url = new Uri(gateway.Url), Token = gateway.Token, TlsFingerprint = TlsGateway.FingerprintOf(first) };
        await using var client = await GatewayClient.ConnectAsync(options, Ct);

        await File.WriteAllTextAsync(CertificatePath, "no certificate", Ct);
        using var patience = Patience.Begin();
        await gateway.Output.LineAsync(line => line.Contains("changed but not taken up", StringComparison.Ordinal), patience.Token);
        var kept = await TlsGateway.LookAsync(gateway);
        Write("one file", second);
        await gateway.Output.LineAsync(line => line.Contains("A new certificate is shown", StringComparison.Ordinal), patience.Token);
        var shown = await TlsGateway.LookAsync(gateway);
        var local = await ChelaProcess.RunAsync(["gateway", "call", "health", "--state-dir", gateway.StateDirectory]);
        var connected = await client.CallAsync("health", JsonElement.Parse("{}"), Ct);

        Assert.Equal(TlsGateway.FingerprintOf(first), kept.Fingerprint);
        Assert.Equal(TlsGateway.FingerprintOf(second), shown.Fingerprint);
        Assert.Equal(0, local.ExitCode);
        Assert.Equal("true", connected.Text("ok"));
    }

    [Theory]
    [InlineData("""{ "enabled": true, "certPath": "/nowhere/cert.pem" }""", "/nowhere/cert.pem cannot be used")]
    [InlineData("""{ "enabled": true, "certPath": "cert.pem" }""", "gateway.tls.certPath")]
    [InlineData("""{ "enabled": true, "autoGenerate": false }""", "gateway.tls.autoGenerate: is false, so gateway.tls.certPath must name a certificate")]
    [InlineData("""{ "keyPath": "/nowhere/key.pem" }""", "gateway.tls.keyPath: needs gateway.tls.certPath")]
    public async Task What_cannot_be_used_refuses_the_start_with_the_reason(string tls, string reason)
    {
        var (exit, _, errors) = await TlsGateway.RefusedAsync(_folder, tls);

        Assert.Equal(78, exit);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_certificate_refuses_the_start()
    {
        using var certificate = _authority.Issue("localhost");
        using var other = _authority.Issue("localhost");
        var settings = Write("two files", certificate);
        await File.WriteAllTextAsync(KeyPath, other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Ct);

        var (exit, _, errors) = await TlsGateway.RefusedAsync(_folder, settings);

        Assert.Equal(78, exit);
        Assert.Contains($"the certificate {CertificatePath} with the key {KeyPath} cannot be used", errors, StringComparison.Ordinal);
    }

    /// <summary>Writes the certificate and gives the settings that name it. One file is replaced at one instant.</summary>
    private string Write(string form, X509Certificate2 certificate)
    {
        var chain = $"{certificate.ExportCertificatePem()}\n{_authority.Certificate.ExportCertificatePem()}\n";
        using var key = certificate.GetECDsaPrivateKey()!;
        switch (form)
        {
            case "one file":
                File.WriteAllText(CertificatePath + ".new", $"{chain}{key.ExportPkcs8PrivateKeyPem()}\n");
                File.Move(CertificatePath + ".new", CertificatePath, overwrite: true);
                return $$"""{ "enabled": true, "certPath": "{{CertificatePath}}" }""";
            case "two files":
                File.WriteAllText(CertificatePath, chain);
                File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
                return $$"""{ "enabled": true, "certPath": "{{CertificatePath}}", "keyPath": "{{KeyPath}}" }""";
            case "locked key":
                File.WriteAllText(CertificatePath, chain);
                File.WriteAllText(KeyPath, key.ExportEncryptedPkcs8PrivateKeyPem("sesame", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)));
                return $$"""{ "enabled": true, "certPath": "{{CertificatePath}}", "keyPath": "{{KeyPath}}", "password": "sesame" }""";
            default:
                var path = Path.ChangeExtension(CertificatePath, ".pfx");
                X509Certificate2Collection all = [certificate, _authority.Certificate];
                File.WriteAllBytes(path, all.Export(X509ContentType.Pfx, "sesame")!);
                return $$"""{ "enabled": true, "certPath": "{{path}}", "password": "sesame" }""";
        }
    }
}
