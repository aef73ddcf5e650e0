using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class LazyLoadingTests
{
    [Fact]
    public async Task The_assembly_of_an_sdk_is_loaded_with_the_first_use_of_its_models()
    {
        var load = new RecordingLoadContext();

        await UseCatalogAsync(load, variable: null);
        Assert.DoesNotContain("OpenAI", load.Asked);
        Assert.DoesNotContain("Anthropic", load.Asked);

        // The other way round, so that the test would notice if it saw nothing at all.
        await UseCatalogAsync(load, "OPENAI_API_KEY");
        Assert.Contains("OpenAI", load.Asked);
        Assert.DoesNotContain("Anthropic", load.Asked);

        await UseCatalogAsync(load, "ANTHROPIC_API_KEY");
        Assert.Contains("Anthropic", load.Asked);
    }

    [Theory]
    [Trait("Requirement", "G3")]
    [InlineData(null, false)]
    [InlineData("https://mcp.example.org/", true)]
    public async Task The_assembly_of_the_MCP_SDK_is_loaded_where_a_server_is_configured(string? url, bool isLoaded)
    {
        var load = new RecordingLoadContext();
        var gateway = load.LoadFromAssemblyPath(typeof(McpServers).Assembly.Location);
        var file = url is null ? null : Encoding.UTF8.GetBytes("""{"mcp":{"servers":{"a":{"url":"URL"}}}}""".Replace("URL", url, StringComparison.Ordinal));
        var loader = Make(typeof(ConfigLoader));
        var snapshot = loader.GetType().GetMethod(nameof(ConfigLoader.Load))!.Invoke(loader, [Make(typeof(ConfigSources), "/chela.json", file)]);
        var servers = Make(typeof(McpServers), Make(typeof(ConfigStore), snapshot), TimeProvider.System, NullLoggerFactory.Instance);

        await using (((IAsyncDisposable)servers).ConfigureAwait(false))
        {
            servers.GetType().GetMethod(nameof(McpServers.Start))!.Invoke(servers, null);
            await Patience.UntilAsync(
                async ct =>
                {
                    await Task.Delay(10, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // nothing tells when an assembly is loaded
                    return !isLoaded || load.HasAsked("ModelContextProtocol.Core");
                },
                "the SDK is loaded");
        }

        Assert.Equal(isLoaded, load.HasAsked("ModelContextProtocol.Core"));

        object Make(Type type, params object?[] arguments) => Activator.CreateInstance(gateway.GetType(type.FullName!, throwOnError: true)!, arguments)!;
    }

    private static async Task UseCatalogAsync(RecordingLoadContext load, string? variable)
    {
        var gateway = load.LoadFromAssemblyPath(typeof(ProviderCatalog).Assembly.Location);
        Func<string, string?> environment = name => name == variable ? "key-1" : null;
        var config = Activator.CreateInstance(gateway.GetType(typeof(ChelaConfig).FullName!, throwOnError: true)!);
        var settings = gateway.GetType(typeof(ModelSettings).FullName!, throwOnError: true)!
            .GetMethod(nameof(ModelSettings.Read))!.Invoke(null, [config, environment, new List<string>()])!;
        var catalogType = gateway.GetType(typeof(ProviderCatalog).FullName!, throwOnError: true)!;
        var catalog = Activator.CreateInstance(catalogType, settings, TimeProvider.System, (Func<HttpClient>)ProviderHttp.CreateClient)!;

        await (Task)catalogType.GetMethod(nameof(ProviderCatalog.ListModelsAsync))!.Invoke(catalog, [TestContext.Current.CancellationToken])!;
        catalogType.GetMethod(nameof(ProviderCatalog.Resolve))!.Invoke(catalog, [null]);
    }

    /// <summary>A second copy of the gateway, which tells which assemblies its code makes the runtime look for.</summary>
    private sealed class RecordingLoadContext() : AssemblyLoadContext("recording", isCollectible: true)
    {
        public ConcurrentQueue<string?> Asked { get; } = new();

        public bool HasAsked(string name) => Asked.Contains(name);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            Asked.Enqueue(assemblyName.Name);
            return null;
        }
    }
}
