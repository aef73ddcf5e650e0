using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config;
using Chela.Gateway.Config.References;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Desk;

/// <summary>A secret that everybody can read who can read the file.</summary>
/// <param name="Key">The dotted key; never the value.</param>
/// <param name="Place">File, line and column.</param>
public sealed record PlainSecret(string Key, string Place);

/// <summary>The key is another one.</summary>
/// <param name="Values">How many values were encrypted anew.</param>
/// <param name="Files">The files that were changed.</param>
public sealed record SecretRotation(int Values, IReadOnlyList<string> Files);

/// <summary>The secrets in the configuration file, and the key of those that are encrypted, whether a gateway runs or not.</summary>
public sealed class SecretsDesk
{
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, string> _variables;
    private readonly ConfigChecker _checker;
    private readonly SecretReader _reader;
    private readonly DocumentFile _keyFile;
    private readonly StorageStep? _step;

    internal SecretsDesk(string path, string keyFile, IReadOnlyDictionary<string, string> variables, ConfigChecker checker, StorageStep? step = null)
    {
        (_path, _variables, _checker, _step) = (path, variables, checker, step);
        _keyFile = new DocumentFile(keyFile, new DocumentOptions { Backups = 0, Step = step });
        _reader = new SecretReader(variables, keyFile, TimeProvider.System);
    }

    private bool HasVariable => !string.IsNullOrWhiteSpace(_variables.GetValueOrDefault(SecretKeys.Variable));

    /// <summary>A value as it can stand in the file; makes the key where there is none.</summary>
    /// <exception cref="ConfigRefusedException">The key cannot be used.</exception>
    public async Task<string> EncryptAsync(string value, CancellationToken ct)
    {
        if (!HasVariable && !File.Exists(_keyFile.Path))
        {
            await WriteAsync(_keyFile, null, SecretKeys.Make().Bytes);
        }

        return (await KeysAsync(ct)).Seal(value);
    }

    /// <summary>
    /// Makes a new key and encrypts every value anew. Until all are, the file of keys holds the new one and those before it, so that each value can be
    /// opened whenever this ends.
    /// </summary>
    /// <exception cref="ConfigRefusedException">A value cannot be opened, or a file not written.</exception>
    public async Task<SecretRotation> RotateAsync(CancellationToken ct)
    {
        var stored = await ReadAsync(_keyFile.Path, ct);
        var before = HasVariable || stored is not null ? await KeysAsync(ct) : null;
        if (HasVariable && before!.Count == 1)
        {
            throw Refused($"{SecretKeys.Variable} holds one key; put a new one in front of it, separated by a comma, and take the old one out once this command is done");
        }

        var keys = HasVariable ? before! : SecretKeys.Make(before);
        var paths = await PathsAsync(ct);
        foreach (var path in paths)
        {
            Anew(path, await ReadAsync(path, ct), keys); // before anything is changed: every value can be opened
        }

        if (!HasVariable)
        {
            await WriteAsync(_keyFile, stored, keys.Bytes);
        }

        var values = new Dictionary<string, int>();
        foreach (var path in paths)
        {
            values[path] = await EncryptAnewAsync(path, keys, ct);
        }

        if (!HasVariable)
        {
            await WriteAsync(_keyFile, keys.Bytes, keys.First.Bytes);
        }

        return new SecretRotation(values.Values.Sum(), [.. values.Where(file => file.Value > 0).Select(file => file.Key)]);
    }

    /// <summary>The secrets that stand in the file as they are.</summary>
    /// <exception cref="ConfigRefusedException">The file cannot be read.</exception>
    public async Task<IReadOnlyList<PlainSecret>> AuditAsync(CancellationToken ct)
    {
        var problems = new List<ConfigProblem>();
        var read = (await _checker.AroundAsync(await ReadAsync(_path, ct), ct)).Read(_path, problems);
        return problems.Count == 0
            ? [.. PlainIn(read.Values, []).Select(path => ConfigPointer.FromSegments(path)).Select(pointer => new PlainSecret(ConfigPointer.ToDotted(pointer), read.Place(pointer, false)))]
            : throw Refused(string.Join('\n', problems));
    }

    private static IEnumerable<string[]> PlainIn(JsonNode? value, string[] path) => value switch
    {
        JsonObject reference when SecretReference.IsOne(reference) => [],
        JsonObject settings => settings.SelectMany(setting => PlainIn(setting.Value, [.. path, setting.Key])),
        JsonArray list => list.Index().SelectMany(item => PlainIn(item.Item, [.. path, item.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)])),
        JsonValue text when text.GetValueKind() == JsonValueKind.String && IsPlain(path, text.GetValue<string>()) => [path],
        _ => [],
    };

    private static bool IsPlain(string[] path, string text) =>
        SecretNames.IsSecret(path, text) && !EncryptedText.IsOne(text) && !VariableText.IsName(text);

    private async Task<SecretKeys> KeysAsync(CancellationToken ct)
    {
        var (keys, problem) = await _reader.ReadKeysAsync(ct);
        return keys ?? throw Refused(problem!);
    }

    private async Task<IReadOnlyList<string>> PathsAsync(CancellationToken ct) =>
        [_path, .. (await _checker.AroundAsync(await ReadAsync(_path, ct), ct)).Included.All.Where(file => file.Content is not null).Select(file => file.RealPath).Distinct()];

    private async Task<int> EncryptAnewAsync(string path, SecretKeys keys, CancellationToken ct)
    {
        var before = await ReadAsync(path, ct);
        var (after, count) = Anew(path, before, keys);
        if (count > 0)
        {
            await WriteAsync(ConfigServices.Document(path, _step), before, after);
        }

        return count;
    }

    /// <summary>A text with every value under the first key, and how many were not before.</summary>
    private static (byte[] Text, int Count) Anew(string path, byte[]? text, SecretKeys keys)
    {
        if (text is null || !System.Text.Unicode.Utf8.IsValid(text))
        {
            return ([], 0);
        }

        var count = 0;
        var after = EncryptedText.Replace(Encoding.UTF8.GetString(text), value =>
        {
            if (keys.First.Open(value) is not null)
            {
                return value;
            }

            count++;
            return keys.Seal(keys.Open(value) ?? throw Refused($"{path} holds an encrypted value that no key opens; nothing was changed"));
        });
        return (Encoding.UTF8.GetBytes(after), count);
    }

    private static async Task<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        try
        {
            return await ConfigServices.Document(path, null).ReadAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw Refused($"{path} cannot be read: {e.Message}");
        }
    }

    private static async Task WriteAsync(DocumentFile file, byte[]? expected, byte[] text)
    {
        try
        {
            if (!await file.ReplaceAsync(expected, text))
            {
                throw new ConfigRefusedException(ConfigRefusal.Changed, $"{file.Path} was changed by somebody else meanwhile; every value can still be opened; try again");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigRefusedException(ConfigRefusal.NotWritable, $"{file.Path} cannot be written: {e.Message}", e);
        }
    }

    private static ConfigRefusedException Refused(string message) => new(ConfigRefusal.Invalid, message);
}
