using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Security;

/// <summary>What the configuration says of secrets, and settings that are called dangerous.</summary>
internal static class ConfigRisks
{
    private const string Password = "gateway.auth.password";
    private const string Encrypt = "Put a reference there, or encrypt it: chela secrets encrypt.";

    private static readonly RiskCheck Invalid = new("config.invalid", RiskCheck.Critical, "no gateway starts with the configuration, so its settings were not looked at", "See chela config validate.");
    private static readonly RiskCheck Flags = new("config.insecure_or_dangerous_flags", RiskCheck.Warn, "settings that take a protection away are on", "Turn off what you do not need.");
    private static readonly RiskCheck PlainPassword = new("config.secrets.gateway_password_in_config", RiskCheck.Warn, "the password stands in the configuration", Encrypt);
    private static readonly RiskCheck PlainSecrets = new("config.secrets.plain_text", RiskCheck.Warn, "secrets stand in the configuration", Encrypt);

    public static IReadOnlyList<RiskCheck> Checks => [Invalid, Flags, PlainPassword, PlainSecrets];

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup)
    {
        if (setup.Invalid is { } why)
        {
            yield return Invalid.Found(why);
        }

        if (DangerousIn(setup.Config) is { Length: > 0 } flags)
        {
            yield return Flags.Found(string.Join(", ", flags));
        }

        foreach (var secret in setup.PlainSecrets.Where(secret => secret.Key == Password))
        {
            yield return PlainPassword.Found($"{secret.Place} {secret.Key}");
        }

        string[] others = [.. setup.PlainSecrets.Where(secret => secret.Key != Password).Select(secret => $"{secret.Place} {secret.Key}")];
        if (others.Length > 0)
        {
            yield return PlainSecrets.Found(string.Join(", ", others));
        }
    }

    private static string[] DangerousIn(ChelaConfig config)
    {
        (bool On, string Key)[] flags =
        [
            (config.Gateway.ControlUi.DangerouslyAllowHostHeaderOriginFallback, "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback=true"),
            (config.Gateway.Auth.TrustedProxy.AllowLoopback, "gateway.auth.trustedProxy.allowLoopback=true"),
            (config.Tools.Http.AllowPrivate, "tools.http.allowPrivate=true"),
            (config.Tools.Exec.Sandbox == ExecToolConfig.Off, "tools.exec.sandbox=off"),
        ];
        return [.. flags.Where(flag => flag.On).Select(flag => flag.Key)];
    }
}
