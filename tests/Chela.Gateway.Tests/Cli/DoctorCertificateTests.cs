using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chela.Gateway.Tests.Cli;

/// <summary>What <c>chela doctor</c> says of certificates.</summary>
[Trait("Requirement", "A7")]
public sealed class DoctorCertificateTests : IDisposable
{
    private readonly DoctorTrial _trial = new();

    private string State => _trial.State;

    [Theory]
    [InlineData("tls.certificate", "error", "ended", -1)]
    [InlineData("tls.certificate", "warning", "ends", 3)]
    [InlineData("tls.certificate", "ok", "good until", 100)]
    public async Task A_certificate_that_ends_is_told(string id, string state, string said, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key, days);
        await _trial.WriteAsync("one.pem", $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        await _trial.WriteAsync("chela.json", $$"""{ "gateway": { "port": 0, "tls": { "enabled": true, "certPath": "{{Path.Combine(State, "one.pem")}}" } } }""");

        var (exit, found, _) = await _trial.RunAsync();

        Assert.Equal(state == "error" ? 1 : 0, exit);
        Assert.Contains(said, DoctorTrial.Of(found, id, state), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_does_not_fit_its_certificate_is_told()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key, 100);
        await _trial.WriteAsync("one.pem", certificate.ExportCertificatePem());
        await _trial.WriteAsync("key.pem", other.ExportPkcs8PrivateKeyPem());
        await _trial.WriteAsync("chela.json", $$"""{ "gateway": { "port": 0, "tls": { "enabled": true, "certPath": "{{State}}/one.pem", "keyPath": "{{State}}/key.pem" } } }""");

        var (exit, found, _) = await _trial.RunAsync();

        Assert.Equal(1, exit);
        Assert.Contains("one.pem", DoctorTrial.Of(found, "config.valid", "error"), StringComparison.Ordinal);
        Assert.Contains("cannot be used", DoctorTrial.Of(found, "tls.certificate", "error"), StringComparison.Ordinal);
    }

    public void Dispose() => _trial.Dispose();

    private static X509Certificate2 Certificate(ECDsa key, int days)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-30), now.AddDays(days));
    }
}
