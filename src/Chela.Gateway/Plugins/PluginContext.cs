using System.Reflection;
using System.Runtime.Loader;
using Chela.Contracts.Plugins;

namespace Chela.Gateway.Plugins;

/// <summary>
/// Where the code of one plugin is loaded: what lies in its folder is its own, whatever versions others have; the contracts are the gateway's, so that both
/// speak of the same types. Files are read whole and not mapped: a new version can be copied over them while the plugin runs.
/// </summary>
/// <param name="id">The plugin.</param>
/// <param name="file">Its assembly.</param>
internal sealed class PluginContext(string id, string file) : AssemblyLoadContext($"plugin {id}")
{
    private const int MaxBytes = 100 * 1024 * 1024;

    private readonly AssemblyDependencyResolver _resolver = new(file);

    /// <summary>Loads the assembly of the plugin.</summary>
    public Assembly Load() => LoadFile(file);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == typeof(IPlugin).Assembly.GetName().Name ? typeof(IPlugin).Assembly
        : Own(_resolver.ResolveAssemblyToPath(assemblyName)) is { } own ? LoadFile(own)
        : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        Own(_resolver.ResolveUnmanagedDllToPath(unmanagedDllName)) is { } own ? LoadUnmanagedDllFromPath(own) : 0;

    /// <summary>The file, where it lies in the folder; the list of what a plugin needs may name others.</summary>
    private string? Own(string? found) =>
        found is not null && Path.GetFullPath(found).StartsWith(Path.GetDirectoryName(file) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? found : null;

    private Assembly LoadFile(string path)
    {
        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new PluginException($"{path} is longer than {MaxBytes} bytes", "build it smaller");
        }

        using var code = new MemoryStream(File.ReadAllBytes(path));
        return LoadFromStream(code);
    }
}
