using System.Reflection;
using System.Runtime.Loader;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class LazyLoadingTests
{
    [Fact]
    public void The_assembly_of_an_sdk_is_loaded_with_the_first_use_of_its_models()
    {
        var load = new RecordingLoadContext();

        UseCatalog(load, variable: null);
        Assert.DoesNotContain("OpenAI", load.Asked);
        Assert.DoesNotContain("Anthropic", load.Asked);

        // The other way round, so that the test would notice if it saw nothing at all.
        UseCatalog(load, "OPENAI_API_KEY");
        Assert.Contains("OpenAI", load.Asked);
        Assert.DoesNotContain("Anthropic", load.Asked);

        UseCatalog(load, "ANTHROPIC_API_KEY");
        Assert.Contains("Anthropic", load.Asked);
    }

    private static void UseCatalog(RecordingLoadContext load, string? variable)
    {
        var gateway = load.LoadFromAssemblyPath(typeof(ProviderCatalog).Assembly.Location);
        Func<string, string?> environment = name => name == variable ? "key-1" : null;
        var config = Activator.CreateInstance(gateway.GetType(typeof(ChelaConfig).FullName!, throwOnError: true)!);
        var settings = gateway.GetType(typeof(ModelSettings).FullName!, throwOnError: true)!
            .GetMethod(nameof(ModelSettings.Read))!.Invoke(null, [config, environment, new List<string>()])!;
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
