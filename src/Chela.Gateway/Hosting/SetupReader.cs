using Chela.Gateway.Access;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Config.References;
using Chela.Gateway.Hosting.Tls;

namespace Chela.Gateway.Hosting;

/// <summary>Reads configuration, environment and token, and makes of them what the gateway is put together from.</summary>
internal static class SetupReader
{
    /// <param name="options">What the host decides.</param>
    /// <param name="instead">A configuration that was in force, in place of what the file says now; null for the latter.</param>
    /// <exception cref="StartException">Something in them is wrong; all problems are named at once.</exception>
    public static async Task<(GatewaySetup Setup, string? TokenFile)> ReadAsync(GatewayOptions options, StartConfig? instead, CancellationToken ct)
    {
        options = options with { Environment = await ReadVariablesAsync(options, ct) };
        var start = instead ?? await StartConfig.ReadAsync(options, ct);
        var config = start.Snapshot;
        var problems = new List<string>();
        var models = ModelSettings.Read(config.Config, options.Environment.GetValueOrDefault, problems);
        if (problems.Count > 0)
        {
            throw new StartException(StartFailure.Configuration, string.Join(Environment.NewLine, problems));
        }

        var (secret, tokenFile) = await ReadSecretAsync(config.Config.Gateway.Auth, options.Paths.TokenFile, ct);
        var setup = new GatewaySetup(options.Paths, config, secret, models, options.Time)
        {
            Sources = start.Sources,
            Migrated = start.Migrated,
            NotWritten = start.NotWritten,
            SafeMode = options.SafeMode,
            Crash = CrashPoint.From(options.Environment),
        };
        return (setup, tokenFile);
    }

    /// <summary>The shared secret that the mode wants, and the file that it came from where the gateway keeps one itself.</summary>
    private static async Task<(string Secret, string? TokenFile)> ReadSecretAsync(GatewayAuthConfig auth, string tokenFile, CancellationToken ct) =>
        auth.ModeInForce() switch
        {
            AuthMode.Token when auth.Token is null => (await ReadTokenAsync(tokenFile, ct), tokenFile),
            AuthMode.Token => (auth.Token, null),
            AuthMode.Password or AuthMode.TrustedProxy => (auth.Password ?? "", null),
            _ => ("", null),
        };

    /// <summary>What is wrong with a configuration that a gateway could not start with, although each of its settings is right.</summary>
    public static IEnumerable<string> Problems(ChelaConfig config, IReadOnlyDictionary<string, string> environment)
    {
        var problems = new List<string>();
        _ = ModelSettings.Read(config, environment.GetValueOrDefault, problems);
        try
        {
            _ = new Listeners(config.Gateway, ListenAddress.Local);
        }
        catch (StartException refused)
        {
            problems.Add(refused.Message);
        }

        if (CertificateFiles.Named(config.Gateway.Tls)?.Problem is { } unusable && config.Gateway.Tls.Enabled)
        {
            problems.Add(unusable);
        }

        return problems;
    }

    /// <summary>The environment, and what the file of variables in the state directory adds to it.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadVariablesAsync(GatewayOptions options, CancellationToken ct)
    {
        var path = options.Paths.VariablesFile;
        try
        {
            return File.Exists(path) ? VariablesFile.Add(await File.ReadAllBytesAsync(path, ct), options.Environment) : options.Environment;
        }
        catch (ConfigException wrong)
        {
            throw new StartException(StartFailure.Configuration, wrong.Message, wrong);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(StartFailure.Configuration, $"the variables {path} cannot be read: {e.Message}", e);
        }
    }

    private static async Task<string> ReadTokenAsync(string path, CancellationToken ct)
    {
        try
        {
            return await TokenFile.ReadOrCreateAsync(path, ct);
        }
        catch (InvalidDataException wrong)
        {
            throw new StartException(StartFailure.Configuration, wrong.Message, wrong);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(StartFailure.NotWritable, $"the token file {path} cannot be made or read: {e.Message}", e);
        }
    }
}
