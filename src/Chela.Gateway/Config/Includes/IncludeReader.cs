using Chela.Gateway.Storage;

namespace Chela.Gateway.Config.Includes;

/// <summary>Reads the files that a configuration includes. None that lies elsewhere than the configuration or a folder that was named is opened.</summary>
/// <param name="configPath">The full path of the configuration.</param>
/// <param name="environment">Says which other folders may be read.</param>
internal sealed class IncludeReader(string configPath, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>The variable that names further folders, separated as in <c>PATH</c>.</summary>
    public const string RootsVariable = "CHELA_INCLUDE_ROOTS";

    /// <summary>All files that a text includes, and those that these include.</summary>
    public async Task<IncludedFiles> ReadAsync(byte[]? text, CancellationToken ct)
    {
        var files = IncludedFiles.None;
        while (Missing(text ?? [], files) is { Count: > 0 } missing)
        {
            foreach (var path in missing)
            {
                files = files.With(path, await ReadFileAsync(path, ct));
            }
        }

        return files;
    }

    /// <summary>True for a file that lies in the folder of the configuration, so that the gateway may change it too.</summary>
    public bool IsOwn(IncludedFile file) => RealPath.IsIn(file.RealPath, OwnFolder);

    private string OwnFolder => Path.GetDirectoryName(RealPath.Of(configPath))!;

    private IReadOnlySet<string> Missing(byte[] text, IncludedFiles files)
    {
        var expansion = new IncludeExpansion(configPath, files, []);
        expansion.Expand(new ConfigText("", text).Read([]));
        return expansion.Missing;
    }

    private async Task<IncludedFile> ReadFileAsync(string path, CancellationToken ct)
    {
        var name = Path.GetRelativePath(Path.GetDirectoryName(configPath)!, path);
        var real = path;
        try
        {
            real = RealPath.Of(path);
            return Refusal(real) is { } refusal ? new IncludedFile(name, real, null, refusal)
                : await new DocumentFile(real).ReadAsync(ct) is { } content ? new IncludedFile(name, real, content)
                : new IncludedFile(name, real, null, $"names a file that does not exist: {path}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new IncludedFile(name, real, null, $"names a file that cannot be read: {e.Message}");
        }
    }

    private string? Refusal(string real)
    {
        var named = environment.GetValueOrDefault(RootsVariable)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return named.Where(Path.IsPathFullyQualified).Select(RealPath.Of).Append(OwnFolder).Any(folder => RealPath.IsIn(real, folder))
            ? null
            : $"names a file outside the folder of the configuration: {real}; move it there, or name its folder in {RootsVariable}";
    }
}
