using Chela.Gateway.Logs;
using Chela.Gateway.Rpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of the log.</summary>
internal static class LogServices
{
    public static IServiceCollection AddLogs(this IServiceCollection services, GatewaySetup setup) => services
        .AddSingleton(_ => new LogFile(setup.Paths.LogFile))
        .AddSingleton(_ => new LogSecrets(ConfigFollowers.SecretsOf(setup, setup.Config.Config, setup.Models)))
        .AddSingleton<ILoggerProvider, FileLoggerProvider>()
        .AddSingleton<LogLevels>()
        .AddSingleton<IConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>())
        .AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>())
        .AddHostedService<OtlpHost>()
        .AddSingleton<IMethodModule, LogMethods>()
        .AddSingleton<IMethodModule, LogLevelMethods>();
}
