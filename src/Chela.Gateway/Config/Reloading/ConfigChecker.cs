using System.Text.Json.Nodes;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Migrations;

namespace Chela.Gateway.Config.Reloading;

/// <summary>What is wrong with a configuration that only other slices can tell; a gateway would not start with it.</summary>
internal delegate IEnumerable<string> ConfigCheck(ChelaConfig config);

/// <summary>Checks texts of the user's file whole, with everything else that the configuration is made of. Changes nothing.</summary>
/// <param name="time">Bounds programs that give secrets.</param>
internal sealed class ConfigChecker(ConfigSources sources, ConfigCheck check, TimeProvider time)
{
    private readonly Lazy<ConfigLoader> _loader = new(() => new ConfigLoader());
    private readonly IncludeReader _includes = new(sources.FilePath, sources.Environment);

    /// <summary>What a text may hold.</summary>
    public ConfigLoader Loader => _loader.Value;

    /// <summary>A text of the file, null where there is none, with the files that it includes as they are now.</summary>
    public async Task<ConfigContent> AroundAsync(byte[]? text, CancellationToken ct) => new(text, await _includes.ReadAsync(text, ct));

    /// <summary>True for an included file that belongs to the configuration alone, so that it may be changed.</summary>
    public bool IsOwn(IncludedFile included) => _includes.IsOwn(included);

    /// <summary>The configuration that a content of the files makes, also one of an older form.</summary>
    /// <param name="content">The files.</param>
    /// <param name="runTime">What calls have changed.</param>
    /// <exception cref="ConfigException">A gateway would not start with it.</exception>
    public async Task<ConfigSnapshot> CheckAsync(ConfigContent content, JsonObject runTime, CancellationToken ct)
    {
        var name = Path.GetFileName(sources.FilePath);
        var migrated = MigratedText.Of(name, content.Text);
        var next = await LoadAsync(sources with { FileBytes = migrated.Text, Included = content.Included, RunTime = runTime }, migrated, name, ct);
        ConfigProblem[] problems = [.. ProblemsOf(next.Config).Select(problem => new ConfigProblem(ConfigLayer.File, name, "", problem))];
        return problems.Length == 0 ? next : throw new ConfigException(problems);
    }

    /// <summary>What is wrong between settings each of which is right, as far as only other slices can tell.</summary>
    public IEnumerable<string> ProblemsOf(ChelaConfig config) => check(config);

    private async Task<ConfigSnapshot> LoadAsync(ConfigSources all, MigratedText migrated, string name, CancellationToken ct)
    {
        try
        {
            return await Loader.LoadAsync(all, time, ct);
        }
        catch (ConfigException wrong)
        {
            throw migrated.Placed(wrong, name);
        }
    }
}
