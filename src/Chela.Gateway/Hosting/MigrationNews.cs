using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>Tells at the start what became of a configuration file of an older form.</summary>
internal sealed partial class MigrationNews(GatewaySetup setup, ILogger<MigrationNews> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var note in setup.Migrated)
        {
            Log.Migrated(logger, setup.Config.FilePath, note);
        }

        if (setup.NotWritten is { } reason)
        {
            Log.NotWritten(logger, setup.Config.FilePath, reason);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1820, LogLevel.Warning, "{Path} had an older form: {Note}")]
        public static partial void Migrated(ILogger logger, string path, string note);

        [LoggerMessage(1821, LogLevel.Warning, "{Path} keeps its older form, as it could not be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string path, string reason);
    }
}
