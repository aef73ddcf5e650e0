using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Leaves out of settings what a start would refuse, one by one, until a gateway would start with them.</summary>
internal sealed partial class GoodSettings(ConfigChecker checker, MigrationLog log)
{
    /// <summary>Each round takes something away; no configuration holds more that is wrong and still means anything.</summary>
    private const int MostRounds = 1_000;

    /// <exception cref="ConfigRefusedException">Something is wrong that is no setting of the file.</exception>
    public async Task<JsonObject> OfAsync(JsonObject settings, CancellationToken ct)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            DropEmpty(settings);
            try
            {
                await checker.CheckAsync(await checker.AroundAsync(Encoding.UTF8.GetBytes(settings.ToJsonString()), ct), [], ct);
                return settings;
            }
            catch (ConfigException wrong)
            {
                var problem = wrong.Problems[0];
                if (problem.Layer != ConfigLayer.File || Remove(settings, KeyOf(problem)) is not { } removed)
                {
                    throw new ConfigRefusedException([new ConfigFault(problem.Path, problem.Message, problem.Layer == ConfigLayer.File ? "" : problem.Place)]);
                }

                log.Left(removed, removed == problem.Path ? problem.Message : $"{problem.Path} {problem.Message}".TrimStart());
            }
        }

        throw new ConfigRefusedException(ConfigRefusal.Invalid, "too much is wrong with these settings");
    }

    /// <summary>A problem of several settings names one in its sentence.</summary>
    private static string KeyOf(ConfigProblem problem) => problem.Path.Length > 0 ? problem.Path : Key().Match(problem.Message).Value;

    /// <summary>Takes a setting away; where that around it cannot be without it, all of that. Gives the key of what is gone, null where there was nothing.</summary>
    private string? Remove(JsonObject settings, string key)
    {
        JsonNode at = settings;
        foreach (var name in key.Length == 0 ? [] : KeyText.Parse(key).Segments)
        {
            var below = at is JsonArray list ? int.TryParse(name, out var place) && place < list.Count ? list[place] : null : (at as JsonObject)?[name];
            if (below is null)
            {
                break;
            }

            at = below;
        }

        while (at.Parent is JsonObject around && IsRequired(at))
        {
            at = around;
        }

        var path = PathOf(at);
        switch (at.Parent)
        {
            case JsonObject parent:
                parent.Remove(at.GetPropertyName());
                break;
            case JsonArray parent:
                parent.RemoveAt(at.GetElementIndex());
                break;
            default:
                return null;
        }

        return new ConfigPath(path).ToString();
    }

    private bool IsRequired(JsonNode at) =>
        SettingSchema.Find(checker.Loader.Schema, PathOf(at.Parent!)) is { } around
        && around.TryGetProperty("required", out var required) && required.EnumerateArray().Any(name => name.ValueEquals(at.GetPropertyName()));

    private static List<string> PathOf(JsonNode node) => node.Parent switch
    {
        JsonObject parent => [.. PathOf(parent), node.GetPropertyName()],
        JsonArray parent => [.. PathOf(parent), node.GetElementIndex().ToString(CultureInfo.InvariantCulture)],
        _ => [],
    };

    private static void DropEmpty(JsonObject settings)
    {
        foreach (var (name, value) in settings.ToArray())
        {
            if (value is JsonObject below)
            {
                DropEmpty(below);
                if (below.Count == 0)
                {
                    settings.Remove(name);
                }
            }
        }
    }

    [GeneratedRegex(@"[a-z]\w*(\.[\w-]+)+")]
    private static partial Regex Key();
}
