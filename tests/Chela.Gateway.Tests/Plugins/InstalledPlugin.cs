using System.Reflection;
using System.Reflection.Emit;
using Chela.Contracts.Plugins;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Plugins;

/// <summary>Puts plugins into a state directory: the sample, as the build made it, and such as nobody would write.</summary>
internal static class InstalledPlugin
{
    public const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static string SampleOutput
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory); // bin/Release/net10.0
            return Path.Combine(Repository.Root, "samples", "HelloPlugin", "bin", own.Parent!.Name, own.Name);
        }
    }

    /// <summary>The sample.</summary>
    public static string Hello(string plugins)
    {
        var folder = Folder(plugins, "hello");
        foreach (var file in Directory.EnumerateFiles(SampleOutput))
        {
            Put(folder, Path.GetFileName(file), File.ReadAllBytes(file));
        }

        return folder;
    }

    /// <summary>One whose code a test writes.</summary>
    /// <param name="plugins">The folder of all plugins.</param>
    /// <param name="id">Its name.</param>
    /// <param name="write">Writes the types of its assembly.</param>
    public static string Emitted(string plugins, string id, Action<ModuleBuilder> write)
    {
        var folder = WithManifest(plugins, id, $$"""{ "id": "{{id}}", "assembly": "{{id}}.dll" }""");
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(id), typeof(object).Assembly);
        write(assembly.DefineDynamicModule(id));
        using var code = new MemoryStream();
        assembly.Save(code);
        Put(folder, $"{id}.dll", code.ToArray());
        return folder;
    }

    /// <summary>One of which there is no more than a manifest.</summary>
    public static string WithManifest(string plugins, string id, string manifest)
    {
        var folder = Folder(plugins, id);
        Put(folder, "plugin.json", System.Text.Encoding.UTF8.GetBytes(manifest));
        return folder;
    }

    /// <summary>Writes a public class that is a plugin.</summary>
    /// <param name="module">Where.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="throws">Whether its constructor throws.</param>
    /// <param name="implements">What it implements besides.</param>
    public static void Entry(ModuleBuilder module, string name, bool throws = false, params Type[] implements)
    {
        var type = module.DefineType(name, TypeAttributes.Public | TypeAttributes.Class, typeof(object), [typeof(IPlugin), .. implements]);
        var made = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, []).GetILGenerator();
        made.Emit(OpCodes.Ldarg_0);
        made.Emit(OpCodes.Call, typeof(object).GetConstructor([])!);
        if (throws)
        {
            made.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([])!);
            made.Emit(OpCodes.Throw);
        }

        made.Emit(OpCodes.Ret);
        var register = type.DefineMethod(nameof(IPlugin.Register), MethodAttributes.Public | MethodAttributes.Virtual, null, [typeof(IPluginRegistry)]);
        register.GetILGenerator().Emit(OpCodes.Ret);
        type.CreateType();
    }

    /// <summary>Puts a file there that only its owner can change.</summary>
    public static void Put(string folder, string name, byte[] content)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllBytes(file, content);
        Allow(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Says who may do what with a file.</summary>
    public static void Allow(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static string Folder(string plugins, string id)
    {
        var folder = Directory.CreateDirectory(Path.Combine(plugins, id)).FullName;
        Allow(plugins, Owner);
        Allow(folder, Owner);
        return folder;
    }
}
