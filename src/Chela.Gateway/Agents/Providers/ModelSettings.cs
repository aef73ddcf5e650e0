using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Providers;

/// <summary>The providers that are configured, and what names of models mean.</summary>
internal sealed record ModelSettings
{
    /// <summary>The environment variable of <see cref="Default"/>.</summary>
    public const string ModelVariable = "CHELA_MODEL";

    /// <summary>The providers; the first is the one that is meant where a name has none.</summary>
    public IReadOnlyList<ProviderSettings> Providers { get; init; } = [];

    /// <summary>The model that the operator chose, as he wrote it.</summary>
    public string? Default { get; init; }

    /// <summary>Short names, each with what it stands for.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads what is configured; the customary variables of the providers fill what it leaves open.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="environment">Reads one variable; null where it is not set. Blank counts as not set.</param>
    /// <param name="problems">Takes what is wrong, one sentence each.</param>
    public static ModelSettings Read(ChelaConfig config, Func<string, string?> environment, List<string> problems)
    {
        var names = ProviderPreset.All.Select(preset => preset.Name).Where(name => IsConfigured(name, config.Models, environment))
            .Concat(config.Models.Providers.Keys.Where(name => ProviderPreset.Find(name) is null));
        return new ModelSettings
        {
            Providers = [.. names.Select(name => new ProviderReader(name, config.Models.Providers.GetValueOrDefault(name), environment).Read(problems)).OfType<ProviderSettings>()],
            Default = config.Agents.Defaults.Model ?? Variable(environment, ModelVariable),
            Aliases = config.Models.Aliases,
        };
    }

    /// <summary>The value of a variable; null where it is blank.</summary>
    public static string? Variable(Func<string, string?> environment, string? name) =>
        name is not null && environment(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static bool IsConfigured(string name, ModelsConfig models, Func<string, string?> environment) =>
        models.Providers.ContainsKey(name)
        || (ProviderPreset.Find(name) is { } preset
            && (Variable(environment, preset.KeyVariable) ?? Variable(environment, preset.AddressVariable)) is not null);
}
