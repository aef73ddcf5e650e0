using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chela.Gateway.Config;
using Chela.Gateway.Config.References;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Takes the variables of an OpenClaw installation (<c>.env</c>, <c>env.vars</c>) into <c>.env</c> of the state directory, as far as they are not set there.</summary>
internal sealed partial class ForeignVariables(string folder, StatePaths paths, MigrationLog log)
{
    private static readonly string[] OfPrograms = ["OPENCLAW_", "CHELA_"];

    /// <summary>The variables with which a gateway would start afterwards.</summary>
    /// <param name="settings">What the configuration sets is taken out of it.</param>
    public async Task<IReadOnlyDictionary<string, string>> TakeAsync(
        JsonObject settings, IReadOnlyDictionary<string, string> environment, bool dryRun, CancellationToken ct)
    {
        var file = new DocumentFile(paths.VariablesFile, new DocumentOptions { MaxBytes = VariablesFile.MaxBytes });
        var text = await file.ReadAsync(ct) ?? [];
        var present = VariablesFile.Add(text, new Dictionary<string, string>());
        var added = new StringBuilder();
        foreach (var (name, value) in (await InFileAsync(ct)).Concat(InSettings(settings)).DistinctBy(variable => variable.Key))
        {
            if (present.ContainsKey(name))
            {
                log.Present($"variable {name}", $"stands in {paths.VariablesFile}");
            }
            else if (!Name().IsMatch(name) || OfPrograms.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || value.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
            {
                log.Left($"variable {name}", "it is none of an agent's providers or tools");
            }
            else
            {
                added.Append(name).Append("=\"").Append(Escaped(value)).Append("\"\n");
                log.Taken($"variable {name}", paths.VariablesFile);
            }
        }

        var all = Encoding.UTF8.GetBytes((text.Length == 0 || text[^1] == '\n' ? "" : "\n") + added);
        byte[] result = added.Length == 0 ? text : [.. text, .. all];
        if (added.Length > 0 && !dryRun)
        {
            await file.WriteAsync(result, ct);
        }

        return VariablesFile.Add(result, environment);
    }

    private async Task<IReadOnlyDictionary<string, string>> InFileAsync(CancellationToken ct)
    {
        var path = Path.Combine(folder, VariablesFile.Name);
        try
        {
            return File.Exists(path) ? VariablesFile.Add(await File.ReadAllBytesAsync(path, ct), new Dictionary<string, string>()) : new Dictionary<string, string>();
        }
        catch (ConfigException wrong)
        {
            log.Left(path, wrong.Problems[0].Message);
            return new Dictionary<string, string>();
        }
    }

    /// <summary>The variables of the configuration; up to 2026.2 they could stand in <c>env</c> itself.</summary>
    private static Dictionary<string, string> InSettings(JsonObject settings)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (settings["env"] is JsonObject env)
        {
            foreach (var (name, value) in env.Concat(env["vars"] as JsonObject ?? []).ToArray())
            {
                if (value is JsonValue text && text.TryGetValue<string>(out var content))
                {
                    found[name] = content;
                    env.Remove(name);
                    (env["vars"] as JsonObject)?.Remove(name);
                }
            }

            if (env.All(rest => rest.Value is JsonObject { Count: 0 }))
            {
                settings.Remove("env");
            }
        }

        return found;
    }

    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Name();
}
