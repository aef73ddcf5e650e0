using Chela.Gateway.Config;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Hosting.Tls;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>The token, the key of encrypted secrets, and the certificate.</summary>
internal static class CredentialCheckup
{
    private static readonly TimeSpan SoonEnds = TimeSpan.FromDays(14);

    private static readonly DoctorCheck Token = new("credentials.token", "whether there is a token that a gateway takes");
    private static readonly DoctorCheck Key = new("credentials.key", "whether the key of encrypted secrets can be used");
    private static readonly DoctorCheck Secrets = new("credentials.secrets", "whether files of secrets that the configuration refers to are open to others");
    private static readonly DoctorCheck Certificate = new("tls.certificate", "whether the certificate can be used, fits its key, and does not end within 14 days");

    public static IReadOnlyList<DoctorCheck> Checks => [Token, Key, Secrets, Certificate];

    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(Patient patient, CancellationToken ct) =>
    [
        await TokenOfAsync(patient, ct),
        await KeyOfAsync(patient, ct),
        .. patient.Setup.Warnings.Select(warning => Secrets.Warning(warning, "chmod 600 the file")),
        CertificateOf(patient),
    ];

    private static async Task<DoctorFinding> TokenOfAsync(Patient patient, CancellationToken ct)
    {
        var (auth, file) = (patient.Config.Gateway.Auth, patient.Paths.TokenFile);
        if (auth.ModeInForce() != AuthMode.Token || auth.Token is not null)
        {
            return Token.Ok($"the credential is {auth.ModeInForce()}{(auth.Token is null ? "" : ", from the configuration")}");
        }

        if (!File.Exists(file))
        {
            return Token.Note("there is no token yet; the first start makes it", "chela gateway run");
        }

        try
        {
            return SecretRule.Refusal((await File.ReadAllTextAsync(file, ct)).Trim()) is { } refusal
                ? Token.Error($"the token in {file} {refusal}", $"rm {file}, and the next start makes one")
                : Token.Ok($"{file} holds a token");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Token.Error($"{file} cannot be read: {e.Message}", $"chmod 600 {file}");
        }
    }

    private static async Task<DoctorFinding> KeyOfAsync(Patient patient, CancellationToken ct)
    {
        var file = patient.Paths.SecretKeyFile;
        if (!patient.Setup.Variables.ContainsKey(SecretKeys.Variable) && !File.Exists(file))
        {
            return Key.Ok("no key was made; what is encrypted would need one");
        }

        var (keys, problem) = await new SecretReader(patient.Setup.Variables, file, patient.Time).ReadKeysAsync(ct);
        return keys is null
            ? Key.Error(problem!, $"put {file} back from a backup, or encrypt every secret anew: chela secrets encrypt")
            : Key.Ok("the key of encrypted secrets can be used");
    }

    private static DoctorFinding CertificateOf(Patient patient)
    {
        var tls = patient.Config.Gateway.Tls;
        if (!tls.Enabled)
        {
            return Certificate.Ok("TLS is off");
        }

        var named = CertificateFiles.Named(tls);
        if (named is null && !File.Exists(patient.Paths.CertificateFile))
        {
            return Certificate.Note("there is no certificate yet; the first start makes it", "chela gateway run");
        }

        try
        {
            var ends = (named ?? new CertificateFiles(patient.Paths.CertificateFile, key: null, password: null)).Read().EndsAt;
            const string remedy = "put a new one in its place; a running gateway takes it up";
            return ends < patient.Time.GetUtcNow() ? Certificate.Error($"the certificate ended at {ends:u}, and clients refuse it", remedy)
                : ends < patient.Time.GetUtcNow() + SoonEnds ? Certificate.Warning($"the certificate ends at {ends:u}", remedy)
                : Certificate.Ok($"the certificate is good until {ends:u}");
        }
        catch (CertificateException unusable)
        {
            return Certificate.Error(unusable.Message, "gateway.tls.certPath and gateway.tls.keyPath");
        }
    }
}
