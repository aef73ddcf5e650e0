using Chela.Gateway.Config;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Migrations;

namespace Chela.Gateway.Hosting;

/// <summary>The configuration that a start found, brought into the present form.</summary>
internal sealed record StartConfig(ConfigSources Sources, ConfigSnapshot Snapshot)
{
    /// <summary>What was done to bring it there, a sentence each.</summary>
    public IReadOnlyList<string> Migrated { get; init; } = [];

    /// <summary>Why the file still has its old form; null where it has not.</summary>
    public string? NotWritten { get; init; }

    /// <summary>Reads the configuration. A file of an older form is replaced once, when a gateway starts with the result; its former content is kept.</summary>
    /// <exception cref="StartException">No gateway starts with it; it is as it was.</exception>
    public static async Task<StartConfig> ReadAsync(GatewayOptions options, CancellationToken ct)
    {
        var path = Path.GetFullPath(options.ConfigFile ?? options.Paths.ConfigFile);
        try
        {
            var text = File.Exists(path) || options.ConfigFile is not null ? await File.ReadAllBytesAsync(path, ct) : null;
            var migrated = MigratedText.Of(Path.GetFileName(path), text);
            var start = await LoadAsync(path, migrated, options, ct);
            return migrated.Notes.Count == 0 ? start : start with { Migrated = migrated.Notes, NotWritten = await ReplaceAsync(path, text, migrated.Text!, options) };
        }
        catch (ConfigException wrong)
        {
            throw new StartException(StartFailure.Configuration, wrong.Message, wrong);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(StartFailure.Configuration, $"the configuration {path} cannot be read: {e.Message}", e);
        }
    }

    private static async Task<StartConfig> LoadAsync(string path, MigratedText migrated, GatewayOptions options, CancellationToken ct)
    {
        var sources = new ConfigSources(path, migrated.Text)
        {
            Included = await new IncludeReader(path, options.Environment).ReadAsync(migrated.Text, ct),
            Environment = options.Environment,
            KeyFile = options.Paths.SecretKeyFile,
            Overrides = [.. options.Settings.Select(setting => new ConfigOverride(setting.Key, setting.Value, setting.Option))],
        };
        try
        {
            return new StartConfig(sources, await new ConfigLoader().LoadAsync(sources, options.Time, ct));
        }
        catch (ConfigException wrong)
        {
            throw migrated.Placed(wrong, Path.GetFileName(path));
        }
    }

    /// <summary>Writes the present form. Where the file cannot be written it keeps the old one, which the next start reads as well.</summary>
    private static async Task<string?> ReplaceAsync(string path, byte[]? before, byte[] after, GatewayOptions options)
    {
        try
        {
            var file = ConfigServices.Document(path, CrashPoint.From(options.Environment) is { } crash ? crash.Pass : null);
            return await file.ReplaceAsync(before, after, CancellationToken.None) ? null : "it was changed meanwhile";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
