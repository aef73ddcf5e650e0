using System.Globalization;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Desk;

/// <summary>The former contents that lie beside a configuration file.</summary>
public sealed class ConfigBackups
{
    /// <summary>The name of the content that a gateway last started with or took in.</summary>
    public const string LastGood = "last-good";

    private readonly string _path;

    internal ConfigBackups(string path) => _path = path;

    /// <summary>Those that there are, the latest first, what was last good at the end.</summary>
    public IReadOnlyList<ConfigBackup> All =>
    [
        .. Enumerable.Range(1, DocumentOptions.Default.Backups).Select(number => number.ToString(CultureInfo.InvariantCulture)).Append(LastGood)
            .Select(name => (Name: name, File: new FileInfo(PathOf(name)))).Where(backup => backup.File.Exists)
            .Select(backup => new ConfigBackup(backup.Name, backup.File.FullName, backup.File.Length, new DateTimeOffset(backup.File.LastWriteTimeUtc))),
    ];

    /// <summary>What it holds.</summary>
    /// <exception cref="ConfigRefusedException">There is no such backup.</exception>
    internal async Task<byte[]> ReadAsync(string name, CancellationToken ct)
    {
        if (All.FirstOrDefault(backup => backup.Name == name) is not { } found)
        {
            var names = string.Join(", ", All.Select(backup => backup.Name));
            throw new ConfigRefusedException(
                ConfigRefusal.NotFound, $"{_path} has no backup '{name}'; {(names.Length == 0 ? "it has none yet" : $"there are: {names}")}");
        }

        return await new DocumentFile(found.Path, new DocumentOptions { MaxBytes = ConfigText.MaxBytes }).ReadAsync(ct) ?? [];
    }

    private string PathOf(string name) => name == LastGood ? $"{_path}.{name}" : $"{_path}.bak.{name}";
}
