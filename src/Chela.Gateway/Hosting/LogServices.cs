using Chela.Gateway.Logs;
using Chela.Gateway.Logs.Audit;
using Chela.Gateway.Rpc;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of the log.</summary>
internal static class LogServices
{
    public static IServiceCollection AddLogs(this IServiceCollection services, GatewaySetup setup) => services
        .AddSingleton(_ => new LogFile(setup.Paths.LogFile))
        .AddSingleton(_ => new LogSecrets(ConfigFollowers.SecretsOf(setup, setup.Config, setup.Models)))
        .AddSingleton<IExternalScopeProvider, LoggerExternalScopeProvider>()
        .AddSingleton<ILoggerProvider, FileLoggerProvider>()
        .AddSingleton<LogLevels>()
        .AddSingleton<IConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>())
        .AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>())
        .AddHostedService<OtlpHost>()
        .AddSingleton(AuditOf)
        .AddSingleton<AuditTrail>()
        .AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>())
        .AddHostedService<AuditHost>()
        .AddSingleton<IMethodModule, AuditMethods>()
        .AddSingleton<IMethodModule, LogMethods>()
        .AddSingleton<IMethodModule, LogLevelMethods>();

    /// <summary>Its journals have no part in trials, which count the steps of what is acknowledged.</summary>
    private static AuditFiles AuditOf(IServiceProvider provider)
    {
        var committer = provider.GetRequiredService<JournalCommitter>();
        var journals = new Journals(committer, JournalOptions.Default, provider.GetRequiredService<ILogger<Journals>>());
        return new AuditFiles(provider.GetRequiredService<StatePaths>().AuditDirectory, journals);
    }
}
