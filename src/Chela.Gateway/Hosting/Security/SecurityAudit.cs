using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Exec;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Gateway.Hosting.Security;

/// <summary>Looks at settings and files for what invites trouble, whether a gateway runs or not. Makes and changes nothing, unless it is told to mend.</summary>
/// <param name="paths">Where everything is.</param>
/// <param name="file">The configuration file; null for that of the state directory.</param>
/// <param name="environment">Counts as it does in a gateway.</param>
/// <param name="time">The clock.</param>
public sealed class SecurityAudit(StatePaths paths, string? file, IReadOnlyDictionary<string, string> environment, TimeProvider time)
{
    private readonly string _file = Path.GetFullPath(file ?? paths.ConfigFile);

    /// <summary>What was found.</summary>
    public async Task<SecurityReport> RunAsync(CancellationToken ct)
    {
        var setup = await ReadAsync(ct);
        var findings = FileRisks.Of(setup).Concat(ConfigRisks.Of(setup));
        if (setup.Invalid is null)
        {
            findings = [.. findings, .. NetworkRisks.Of(setup), .. AccessRisks.Of(setup), .. ToolRisks.Of(setup), .. ChannelRisks.Of(setup), .. OutsideRisks.Of(setup)];
        }

        return SecurityReport.Of(time.GetUtcNow(), findings);
    }

    /// <summary>Takes from others what they may do with files of the gateway.</summary>
    /// <returns>What was done, and what could not be done.</returns>
    public async Task<IReadOnlyList<string>> MendAsync(CancellationToken ct) => [.. PrivatePlaces.All(await ReadAsync(ct)).Select(Close).OfType<string>()];

    /// <summary>What there is to look at; with the defaults where the configuration is no good.</summary>
    internal async Task<AuditedSetup> ReadAsync(CancellationToken ct)
    {
        var nothing = new AuditedSetup(paths, _file, new ChelaConfig()) { Variables = environment };
        try
        {
            return await LoadAsync(ct);
        }
        catch (Exception e) when (e is ConfigException or ConfigRefusedException or StartException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return nothing with { Invalid = e.Message };
        }
    }

    private async Task<AuditedSetup> LoadAsync(CancellationToken ct)
    {
        var variables = await SetupReader.ReadVariablesAsync(new GatewayOptions(paths) { Environment = environment }, ct);

        // Without what only a start finds out: a gateway that refuses to start because it would be open to everybody is to be told of here.
        var checker = new ConfigChecker(new ConfigSources(_file, null) { Environment = variables, KeyFile = paths.SecretKeyFile }, _ => [], time);
        var content = await checker.AroundAsync(await ConfigServices.Document(_file, step: null).ReadAsync(ct), ct);
        var snapshot = await checker.CheckAsync(content, [], ct);
        var config = snapshot.Config;
        return new AuditedSetup(paths, _file, config)
        {
            Variables = variables,
            Warnings = snapshot.Warnings,
            Included = [.. content.Included.All.Select(included => included.RealPath).Distinct()],
            PlainSecrets = await new SecretsDesk(_file, paths.SecretKeyFile, variables, checker).AuditAsync(ct),
            HasSandbox = ToolRisks.RunsPrograms(config) ? await HasSandboxAsync(ct) : null,
        };
    }

    private async Task<bool> HasSandboxAsync(CancellationToken ct)
    {
        try
        {
            await Sandbox.OfMachine(time).WrapAsync(["/bin/true"], "/tmp", new ExecToolConfig { Sandbox = ExecToolConfig.Required }, ct);
            return true;
        }
        catch (ToolRefusal)
        {
            return false;
        }
    }

    private static string? Close(PrivatePlace place)
    {
        try
        {
            return place.Close();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{place.Path} was left as it is: {e.Message}";
        }
    }
}
