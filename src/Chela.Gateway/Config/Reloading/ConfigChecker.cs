namespace Chela.Gateway.Config.Reloading;

/// <summary>What is wrong with a configuration that only other slices can tell; a gateway would not start with it.</summary>
internal delegate IEnumerable<string> ConfigCheck(ChelaConfig config);

/// <summary>Checks texts of the user's file whole, with everything else that the configuration is made of. Changes nothing.</summary>
internal sealed class ConfigChecker(ConfigSources sources, ConfigCheck check)
{
    private readonly Lazy<ConfigLoader> _loader = new(() => new ConfigLoader());

    /// <summary>What a text may hold.</summary>
    public ConfigLoader Loader => _loader.Value;

    /// <summary>The configuration that a text of the file makes; null where there is no file.</summary>
    /// <exception cref="ConfigException">A gateway would not start with it.</exception>
    public ConfigSnapshot Check(byte[]? text)
    {
        var next = Loader.Load(sources with { FileBytes = text });
        ConfigProblem[] problems = [.. ProblemsOf(next.Config).Select(problem => new ConfigProblem(ConfigLayer.File, Path.GetFileName(sources.FilePath), "", problem))];
        return problems.Length == 0 ? next : throw new ConfigException(problems);
    }

    /// <summary>What is wrong between settings each of which is right, as far as only other slices can tell.</summary>
    public IEnumerable<string> ProblemsOf(ChelaConfig config) => check(config);
}
