using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>Restarts the gateway for settings that cannot be in force otherwise, where <c>gateway.reload.mode</c> says so.</summary>
internal sealed partial class ConfigRestarts(
    ConfigStore config, ConfigFile file, ConfigReload reload, Restarts restarts, RestartHistory history, ILogger<ConfigRestarts> logger)
{
    /// <summary>Asks for a restart where settings wait for one; null where none is due.</summary>
    /// <param name="delay">How long it is to wait at least.</param>
    public RestartPlan? AskIfNeeded(TimeSpan delay)
    {
        var restartsItself = config.Current.Config.Gateway.Reload.Mode is GatewayReloadConfig.Hybrid or GatewayReloadConfig.Restart;
        if (!restartsItself || reload.State.RestartNeeded is not { Count: > 0 } held)
        {
            return null;
        }

        if (history.Refused is { } refused && refused.Content?.IsSame(file.Content) == true)
        {
            Log.NotAgain(logger, refused.Reason);
            return null;
        }

        return restarts.Ask($"change of {string.Join(", ", held)}", delay);
    }

    private static partial class Log
    {
        [LoggerMessage(1833, LogLevel.Error, "The gateway does not restart again for a configuration with which it did not start: {Reason}")]
        public static partial void NotAgain(ILogger logger, string reason);
    }
}
