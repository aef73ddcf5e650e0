using System.Text.Json;
using Chela.Gateway.Config;

namespace Chela.Gateway.Plugins;

/// <summary>The folder of one plugin. What lies in it becomes code of the gateway, so that nobody but its owner may be able to change it.</summary>
/// <param name="root">The folder of all plugins.</param>
/// <param name="id">The plugin.</param>
internal sealed class PluginFolder(string root, string id)
{
    private const int MaxManifestBytes = 64 * 1024;

    /// <summary>The most files and folders that a plugin may consist of.</summary>
    private const int MaxEntries = 10_000;

    private const string Members = "leave in it id, assembly and, if you like, name and version";

    private const UnixFileMode WritableForOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private readonly string _path = Path.Combine(root, id);

    /// <summary>Reads the manifest, once the folder was found to be as it should.</summary>
    /// <exception cref="PluginException">It is not, or the manifest is not.</exception>
    public (PluginManifest Manifest, string AssemblyFile) Read()
    {
        try
        {
            Check();
            var manifest = ReadManifest(Path.Combine(_path, PluginManifest.FileName));
            var file = Path.Combine(_path, manifest.Assembly);
            return File.Exists(file) ? (manifest, file) : throw new PluginException($"{file} is not there", "build the plugin into this folder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PluginException($"{_path} cannot be read: {e.Message}", "give it to the user of the gateway");
        }
    }

    private void Check()
    {
        if (!NameRule.Fits(id) || !Directory.Exists(_path))
        {
            throw new PluginException($"{_path} is not there", "put the plugin into this folder, or take it out of channels.plugin");
        }

        var folder = new DirectoryInfo(_path);
        var count = 0;
        foreach (var entry in folder.EnumerateFileSystemInfos("*", Everything).Prepend(folder).Prepend(folder.Parent!))
        {
            Check(entry);
            if (++count > MaxEntries)
            {
                throw new PluginException($"{_path} holds more than {MaxEntries} files", "leave in it what the plugin needs");
            }
        }
    }

    private static void Check(FileSystemInfo entry)
    {
        if (entry.LinkTarget is not null)
        {
            throw new PluginException($"{entry.FullName} is a link", "put in its place what it links to");
        }

        if (!OperatingSystem.IsWindows() && (entry.UnixFileMode & WritableForOthers) != 0)
        {
            throw new PluginException($"{entry.FullName} can be changed by others", $"chmod -R go= {entry.FullName}");
        }
    }

    private PluginManifest ReadManifest(string file)
    {
        if (!File.Exists(file))
        {
            throw new PluginException($"{file} is not there", $$"""write {"id":"{{id}}","assembly":"NAME.dll"} into it""");
        }

        if (new FileInfo(file).Length > MaxManifestBytes)
        {
            throw new PluginException($"{file} is longer than {MaxManifestBytes} bytes", Members);
        }

        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(file), PluginJson.Default.PluginManifest);
            return manifest is null || manifest.Id != id ? throw new PluginException($"{file} is of another plugin", $"its id must be \"{id}\", as its folder is called")
                : IsPlainName(manifest.Assembly) ? manifest
                : throw new PluginException($"{file} names a file elsewhere", "its assembly must be the name of a .dll file in this folder");
        }
        catch (JsonException e)
        {
            throw new PluginException($"{file} is no manifest: {e.Message}", Members);
        }
    }

    private static bool IsPlainName(string name) =>
        name.EndsWith(".dll", StringComparison.Ordinal) && name.IndexOfAny(['/', '\\', ':', '\0']) < 0 && Path.GetFileName(name) == name;
}
