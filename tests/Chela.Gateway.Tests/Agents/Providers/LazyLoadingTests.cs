using System.Reflection;
using System.Runtime.Loader;
using Chela.Gateway.Agents.Providers;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class LazyLoadingTests
{
    [Fact]
    public void Echo_alone_never_loads_the_openai_assembly()
    {
        var load = new RecordingLoadContext();

        UseCatalog(load, key: null);
        Assert.DoesNotContain("OpenAI", load.Asked);

        // The other way round, so that the test would notice if it saw nothing at all.
        UseCatalog(load, key: "sk-1");
        Assert.Contains("OpenAI", load.Asked);
    }

    private static void UseCatalog(RecordingLoadContext load, string? key)
    {
        var gateway = load.LoadFromAssemblyPath(typeof(ProviderCatalog).Assembly.Location);
        var settingsType = gateway.GetType(typeof(ProviderSettings).FullName!, throwOnError: true)!;
        var settings = Activator.CreateInstance(settingsType)!;
        settingsType.GetProperty(nameof(ProviderSettings.OpenAiApiKey))!.SetValue(settings, key);
        var catalogType = gateway.GetType(typeof(ProviderCatalog).FullName!, throwOnError: true)!;
        var catalog = Activator.CreateInstance(catalogType, settings, TimeProvider.System, (Func<HttpClient>)ProviderHttp.CreateClient)!;

        catalogType.GetMethod(nameof(ProviderCatalog.ListModels))!.Invoke(catalog, null);
        catalogType.GetMethod(nameof(ProviderCatalog.Resolve))!.Invoke(catalog, [null]);
    }

    /// <summary>A second copy of the gateway, which tells which assemblies its code makes the runtime look for.</summary>
    private sealed class RecordingLoadContext() : AssemblyLoadContext("recording", isCollectible: true)
    {
        public List<string?> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            Asked.Add(assemblyName.Name);
            return null;
        }
    }
}
