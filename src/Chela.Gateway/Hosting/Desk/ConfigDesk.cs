using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Migrations;
using Chela.Gateway.Config.References;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Desk;

/// <summary>
/// The configuration file as a person reads and changes it, whether a gateway runs or not: one that runs looks at the file. What a start
/// would refuse is never written, comments stay, and every former content is kept.
/// </summary>
public sealed class ConfigDesk
{
    private readonly DocumentFile _file;
    private readonly ConfigChecker _checker;

    private ConfigDesk(string path, string keyFile, IReadOnlyDictionary<string, string> variables)
    {
        _file = ConfigServices.Document(path, step: null);
        _checker = new ConfigChecker(new ConfigSources(Path, null) { Environment = variables, KeyFile = keyFile }, config => SetupReader.Problems(config, variables), TimeProvider.System);
        Secrets = new SecretsDesk(Path, keyFile, variables, _checker);
        Backups = new ConfigBackups(Path);
    }

    /// <summary>Where the file is or would be.</summary>
    public string Path => _file.Path;

    private string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Its former contents.</summary>
    public ConfigBackups Backups { get; }

    /// <summary>Its secrets.</summary>
    public SecretsDesk Secrets { get; }

    /// <summary>What the file may hold once its references are resolved, as JSON Schema.</summary>
    public JsonElement Schema => _checker.Loader.Schema;

    /// <summary>What may be written there, as editors read it.</summary>
    public JsonElement SchemaForEditors => PublishedSchema.Of(Schema);

    /// <summary>What a file begins with that this program makes.</summary>
    public byte[] Beginning => TextEditor.Apply(
        TextEditor.Apply(ReadOnlyMemory<byte>.Empty, ConfigEdit.Set(SchemaFile.Reference(Path), "$schema")),
        ConfigEdit.Set(ConfigMigration.Present, "meta", "version"));

    /// <summary>Opens the desk for one file.</summary>
    /// <param name="paths">Where the file is unless another one is named, and the variables that the environment does not set.</param>
    /// <param name="file">The file; null for that of the state directory.</param>
    /// <param name="environment">Counts in what is checked as it does in a gateway.</param>
    /// <exception cref="ConfigRefusedException">The variables in the state directory cannot be read.</exception>
    public static async Task<ConfigDesk> OpenAsync(StatePaths paths, string? file, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        try
        {
            var variables = await SetupReader.ReadVariablesAsync(new GatewayOptions(paths) { Environment = environment }, ct);
            return new ConfigDesk(System.IO.Path.GetFullPath(file ?? paths.ConfigFile), paths.SecretKeyFile, variables);
        }
        catch (StartException wrong)
        {
            throw new ConfigRefusedException(ConfigRefusal.Invalid, wrong.Message, wrong);
        }
    }

    /// <summary>The text of the file; null where there is none.</summary>
    public async Task<byte[]?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return await _file.ReadAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ConfigRefusedException(ConfigRefusal.Invalid, $"{Path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Why a gateway would not start with a text of the file; empty where it would.</summary>
    public async Task<IReadOnlyList<ConfigFault>> CheckAsync(byte[]? text, CancellationToken ct)
    {
        try
        {
            await _checker.CheckAsync(await _checker.AroundAsync(text, ct), [], ct);
            return [];
        }
        catch (ConfigException wrong)
        {
            return Faults(wrong.Problems);
        }
    }

    /// <summary>One setting, or all of them; null where it is not set.</summary>
    /// <param name="key">The dotted key; null for everything.</param>
    /// <param name="fileOnly">What the file says, rather than what a gateway makes of it with its defaults and the environment.</param>
    /// <param name="secrets">Whether secrets are shown.</param>
    public async Task<JsonElement?> GetAsync(string? key, bool fileOnly, bool secrets, CancellationToken ct)
    {
        var path = key is null ? new ConfigPath([]) : KeyText.Parse(key);
        var text = await ReadAsync(ct);
        if (SettingSchema.Find(Schema, path.Segments) is null)
        {
            _checker.Loader.Keys.Find(path.Segments, StringComparison.Ordinal, out var unknown, out var refusal);
            throw new ConfigRefusedException(ConfigRefusal.NotFound, $"{unknown}: {refusal}");
        }

        var settings = (fileOnly, secrets) switch
        {
            (true, true) => Element(Settings(text)),
            (true, false) => Redaction.Of(Element(Settings(text))),
            (false, true) => (await CheckedAsync(text, ct)).Effective,
            (false, false) => Redaction.Of(await CheckedAsync(text, ct)),
        };
        return ConfigPointer.Find(settings, path.Segments);
    }

    /// <summary>Gives a setting a value.</summary>
    /// <param name="key">The dotted key.</param>
    /// <param name="value">The value as text.</param>
    /// <param name="form">How that text is meant.</param>
    public Task<ConfigFileChange> SetAsync(string key, string value, ValueForm form, CancellationToken ct)
    {
        var path = KeyText.Parse(key);
        return EditAsync(ConfigEdit.Set(GivenValue.Read(Schema, path, value, form), path.Segments), ct);
    }

    /// <summary>Takes a setting away: what a gateway does by itself holds again.</summary>
    public Task<ConfigFileChange> UnsetAsync(string key, CancellationToken ct) => EditAsync(ConfigEdit.Unset(KeyText.Parse(key).Segments), ct);

    /// <summary>Writes a whole text in place of the one that is expected.</summary>
    public async Task<ConfigFileChange> ReplaceAsync(byte[]? expected, byte[] text, CancellationToken ct) =>
        await TakeAsync(await _checker.AroundAsync(expected, ct), await _checker.AroundAsync(text, ct), new FileEdit(Path, expected, text), ct);

    /// <summary>Where the file differs from one of its former contents; in secrets too, but without showing them.</summary>
    /// <param name="backup">Its name.</param>
    public async Task<IReadOnlyList<ConfigDifference>> DifferencesAsync(string backup, CancellationToken ct)
    {
        var before = Parse(await Backups.ReadAsync(backup, ct), []);
        return ConfigDifferences.Between(Element(before), Element(Settings(await ReadAsync(ct))));
    }

    /// <summary>Where what a start would put in force differs from what a gateway has in force.</summary>
    /// <param name="running">What it has, without secrets: <c>config</c> of <c>config.get</c>.</param>
    public async Task<IReadOnlyList<ConfigDifference>> DifferencesAsync(JsonElement running, CancellationToken ct) =>
        ConfigDifferences.Between(running, Redaction.Of(await CheckedAsync(await ReadAsync(ct), ct)));

    /// <summary>Puts a former content back; what the file holds now becomes the latest backup.</summary>
    /// <param name="backup">Its name.</param>
    public async Task<ConfigFileChange> RollBackAsync(string backup, CancellationToken ct) =>
        await ReplaceAsync(await ReadAsync(ct), await Backups.ReadAsync(backup, ct), ct);

    /// <summary>Brings the file into the present form, as a start does.</summary>
    /// <param name="dryRun">Whether only to say what would be done.</param>
    /// <returns>What is done, a sentence each, and what became of the file.</returns>
    public async Task<(IReadOnlyList<string> Notes, ConfigFileChange Change)> MigrateAsync(bool dryRun, CancellationToken ct)
    {
        var now = await ReadAsync(ct);
        var migrated = Migrated(now);
        if (migrated.Notes.Count == 0 || dryRun)
        {
            await CheckedAsync(now, ct);
            return (migrated.Notes, new ConfigFileChange(Path, false, []));
        }

        return (migrated.Notes, await ReplaceAsync(now, migrated.Text!, ct));
    }

    private MigratedText Migrated(byte[]? text)
    {
        try
        {
            return MigratedText.Of(Name, text);
        }
        catch (ConfigException wrong)
        {
            throw new ConfigRefusedException(Faults(wrong.Problems));
        }
    }

    private async Task<ConfigFileChange> EditAsync(ConfigEdit edit, CancellationToken ct)
    {
        var now = await ReadAsync(ct);
        if (now is null && edit.Value is null)
        {
            return new ConfigFileChange(Path, false, []);
        }

        var present = await _checker.AroundAsync(now ?? Beginning, ct);
        if (Edited(present, edit) is not { } change)
        {
            return new ConfigFileChange(Path, false, []);
        }

        try
        {
            return change.Path == Path ? await ReplaceAsync(now, change.After, ct) : await TakeAsync(present, With(present, change), change, ct);
        }
        catch (ConfigRefusedException refused) when (refused.Faults.Count > 0)
        {
            // Lines and columns would be those of a text that nobody has written.
            throw new ConfigRefusedException([.. refused.Faults.Select(fault => fault.Place.Contains(':', StringComparison.Ordinal) ? fault with { Place = "" } : fault)]);
        }
    }

    private static ConfigContent With(ConfigContent present, FileEdit change) =>
        present with { Included = present.Included.With(change.Path, present.Included.Find(change.Path)! with { Content = change.After }) };

    /// <summary>The new text of the one file in which a setting stands; null where it says that already.</summary>
    private FileEdit? Edited(ConfigContent now, ConfigEdit edit)
    {
        try
        {
            var settings = Settings(now.Text);
            var wanted = ConfigSecrets.Restored(edit.ApplyTo(settings), settings, ConfigReferences.None);
            IReadOnlyList<ConfigEdit> edits = edit.Value is null ? [edit] : ConfigEdits.Between(settings, wanted);
            return new FileEdits(Path, now, _checker.IsOwn).Of(edits);
        }
        catch (RpcException refused)
        {
            throw new ConfigRefusedException(ConfigRefusal.Invalid, refused.Message, refused);
        }
    }

    /// <summary>Checks what the files would hold, and writes the one that changes.</summary>
    private async Task<ConfigFileChange> TakeAsync(ConfigContent before, ConfigContent after, FileEdit change, CancellationToken ct)
    {
        var next = await CheckedAsync(after, ct);
        if (change.Before is not null && change.After.AsSpan().SequenceEqual(change.Before))
        {
            return new ConfigFileChange(Path, false, []);
        }

        await WriteAsync(change, ct);
        var changed = ConfigDifferences.Paths(Element(before.Read(Path, []).Values), Element(after.Read(Path, []).Values));
        return new ConfigFileChange(change.Path, true, [.. changed.Select(setting => new ChangedSetting(setting.ToString(), InForce(setting, next)))]);
    }

    private async Task WriteAsync(FileEdit change, CancellationToken ct)
    {
        try
        {
            var file = change.Path == Path ? _file : ConfigServices.Document(change.Path, step: null);
            if (!await file.ReplaceAsync(change.Before, change.After, ct))
            {
                throw new ConfigRefusedException(ConfigRefusal.Changed, $"{change.Path} was changed by somebody else meanwhile, and nothing was written; try again");
            }

            await SchemaFile.RefreshAsync(Path, SchemaForEditors, isNew: change.Path == Path && change.Before is null, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigRefusedException(ConfigRefusal.NotWritable, $"{change.Path} cannot be written: {e.Message}", e);
        }
    }

    private static string InForce(ConfigPath setting, ConfigSnapshot next) => ReloadRules.KindOf(setting) switch
    {
        _ when next.Origins.GetValueOrDefault(setting.ToString()) == ConfigLayer.Environment => "overridden",
        ReloadKind.None => "unread",
        ReloadKind.Hot when next.Config.Gateway.Reload.Mode is not (GatewayReloadConfig.Off or GatewayReloadConfig.Restart) => "at-once",
        _ => "restart",
    };

    private async Task<ConfigSnapshot> CheckedAsync(byte[]? text, CancellationToken ct) => await CheckedAsync(await _checker.AroundAsync(text, ct), ct);

    private async Task<ConfigSnapshot> CheckedAsync(ConfigContent content, CancellationToken ct)
    {
        try
        {
            return await _checker.CheckAsync(content, [], ct);
        }
        catch (ConfigException wrong)
        {
            throw new ConfigRefusedException(Faults(wrong.Problems));
        }
    }

    private JsonObject Settings(byte[]? text)
    {
        var problems = new List<ConfigProblem>();
        var settings = Parse(text, problems);
        return problems.Count == 0 ? settings : throw new ConfigRefusedException(Faults(problems));
    }

    private JsonObject Parse(byte[]? text, List<ConfigProblem> problems) => new ConfigText(Name, text ?? []).Read(problems).Values;

    private static JsonElement Element(JsonObject settings) => JsonElement.Parse(settings.ToJsonString());

    private static ConfigFault[] Faults(IReadOnlyList<ConfigProblem> problems) => [.. problems.Select(problem => new ConfigFault(problem.Path, problem.Message, problem.Place))];
}
