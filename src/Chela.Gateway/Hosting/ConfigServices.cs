using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>Composes what changes the configuration while the gateway runs, and tells of it.</summary>
internal static class ConfigServices
{
    public static IServiceCollection AddConfigWriter(this IServiceCollection services, GatewaySetup setup) => services
        .AddSingleton<ConfigRevisions>()
        .AddSingleton<ConfigNews>()
        .AddSingleton(provider => new ConfigWriter(
            provider.GetRequiredService<ConfigStore>(),
            setup.Sources,
            config => SetupReader.Problems(config, setup.Sources.Environment),
            new DocumentFile(setup.Sources.FilePath, new DocumentOptions
            {
                MaxBytes = ConfigText.MaxBytes,
                KeepsMode = true,
                Step = setup.Crash is { } crash ? crash.Pass : null,
            }),
            provider.GetRequiredService<ILogger<ConfigWriter>>()));
}
