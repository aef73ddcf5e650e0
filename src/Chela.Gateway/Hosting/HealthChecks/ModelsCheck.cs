using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the models of the default agent are asked, and whether providers answer.</summary>
internal sealed class ModelsCheck(ProviderCatalog providers, ModelHealth health, ConfigStore config) : IHealthCheck
{
    private volatile IReadOnlyDictionary<ProviderSettings, string> _silent = new Dictionary<ProviderSettings, string>();

    public string Part => "models";

    public HealthFinding Look()
    {
        var agents = config.Current.Config.Agents;
        var models = providers.ModelsOf(null, agents.Of(agents.DefaultId));
        var passedOver = HealthFinding.OfMany(models.Count, [.. models.Select(ProblemOf).OfType<string>()]);
        var (asked, silent) = (providers.Settings, _silent); // of those that were replaced since, nothing is known
        return passedOver.Level != HealthLevel.Ok ? passedOver : HealthFinding.OfMany(asked.Count, [.. asked.Select(silent.GetValueOrDefault).OfType<string>()]);
    }

    public async Task AskAsync(CancellationToken ct)
    {
        var answers = await Task.WhenAll(providers.Settings.Select(async provider => (provider, Problem: await ProblemOfAsync(provider, ct))));
        _silent = answers.Where(answer => answer.Problem is not null).ToDictionary(answer => answer.provider, answer => answer.Problem!);
    }

    private string? ProblemOf(ModelRef model) => health.Find(model) is { } coolDown
        ? $"{model} is passed over until {coolDown.Until:u}: it failed ({coolDown.Reason}), {coolDown.Failures} times by now"
        : null;

    private async Task<string?> ProblemOfAsync(ProviderSettings provider, CancellationToken ct)
    {
        try
        {
            using var answer = await providers.AskForModelsAsync(provider, ct);
            return (int)answer.StatusCode switch
            {
                401 or 403 => $"{provider.Name} refuses the key ({provider.KeyName})",
                >= 500 => $"{provider.Name} answers with {(int)answer.StatusCode}",
                _ => null, // many list no models, and say so
            };
        }
        catch (HttpRequestException e)
        {
            return $"{provider.Name} does not answer ({provider.AddressName}): {e.Message}";
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return $"{provider.Name} does not answer in time ({provider.AddressName})";
        }
    }
}
