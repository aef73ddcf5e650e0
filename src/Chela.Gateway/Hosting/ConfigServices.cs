using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Hosting.Restarting;
using Chela.Gateway.Rpc;
using Chela.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>Composes what changes the configuration while the gateway runs, and tells of it.</summary>
internal static class ConfigServices
{
    public static IServiceCollection AddConfigChanges(this IServiceCollection services, GatewaySetup setup) => services
        .AddSingleton<ConfigRevisions>()
        .AddSingleton<ConfigNews>()
        .AddHostedService(provider => ActivatorUtilities.CreateInstance<MigrationNews>(provider, setup))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<ConfigFollowers>(provider, setup))
        .AddSingleton(_ => new ConfigFile(
            Document(setup.Sources.FilePath, setup.Crash is { } crash ? crash.Pass : null),
            new DocumentFile($"{setup.Sources.FilePath}.last-good", new DocumentOptions { MaxBytes = ConfigText.MaxBytes, Backups = 0 }),
            new ConfigContent(setup.Sources.FileBytes, setup.Sources.Included),
            new IncludeReader(setup.Sources.FilePath, setup.Sources.Environment),
            path => Document(path, setup.Crash is { } point ? point.Pass : null)))
        .AddSingleton(provider => new ConfigReload(
            provider.GetRequiredService<ConfigStore>(),
            setup.Sources,
            config => SetupReader.Problems(config, setup.Sources.Environment),
            setup.Time)
        {
            RestartNeeded = () => provider.GetRequiredService<ConfigRestarts>().AskIfNeeded(TimeSpan.Zero),
        })
        .AddSingleton<ConfigWriter>()
        .AddSingleton<ConfigWatch>()
        .AddSingleton<ConfigOverrides>()
        .AddSingleton<IMethodModule, ConfigOverrideMethods>()
        .AddSingleton<IMethodModule, ConfigSchemaMethods>()
        .AddSingleton<IMethodModule, ConfigStatusMethods>()
        .AddSingleton<IMethodModule, ConfigWriteMethods>();

    /// <summary>The file as every writer of it opens it.</summary>
    public static DocumentFile Document(string path, StorageStep? step) => new(path, new DocumentOptions
    {
        MaxBytes = ConfigText.MaxBytes,
        KeepsMode = true,
        Step = step,
    });
}
