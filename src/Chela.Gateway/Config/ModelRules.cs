using System.Globalization;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>What providers and aliases of models must be.</summary>
internal static class ModelRules
{
    private const string Providers = "models.providers";

    private static readonly string[] Inputs = ["text", "image", "audio", "video", "document"];

    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(ModelsConfig models)
    {
        foreach (var (name, provider) in models.Providers)
        {
            var problems = NameRule.Fits(name)
                ? Problems($"{Providers}.{name}", provider)
                : [(Providers, $"has a provider whose name is not {NameRule.Words()}: '{JsonText.Show(name)}'")];
            foreach (var problem in problems)
            {
                yield return problem;
            }
        }

        foreach (var (alias, model) in models.Aliases)
        {
            if (!NameRule.Fits(alias))
            {
                yield return ("models.aliases", $"has an alias that is not {NameRule.Words()}: '{JsonText.Show(alias)}'");
            }
            else if (model.Length > 256 || model.IndexOf('/', StringComparison.Ordinal) is var slash && (slash < 1 || slash + 1 == model.Length))
            {
                yield return ($"models.aliases.{alias}", "must be provider/model");
            }
        }
    }

    private static IEnumerable<(string Path, string Message)> Problems(string path, ModelProviderConfig provider)
    {
        if (provider.BaseUrl is { } address && AddressRule.Refusal(address) is { } wrong)
        {
            yield return ($"{path}.baseUrl", wrong);
        }

        foreach (var problem in HeaderRule.Problems($"{path}.headers", provider.Headers))
        {
            yield return problem;
        }

        foreach (var (index, model) in (provider.Models ?? []).Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{path}.models.{index}");
            if (model.Id.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            {
                yield return ($"{place}.id", "must not hold white space");
            }

            if (model.Input?.FirstOrDefault(input => !Inputs.Contains(input, StringComparer.Ordinal)) is not null)
            {
                yield return ($"{place}.input", $"must be some of {string.Join(", ", Inputs)}");
            }
        }
    }
}
