using Chela.Gateway.Bus;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.Starting;

/// <summary>
/// Decides, before anything is taken up, whether the gateway starts without what may have ended it before: the accounts of channels, what is to be
/// delivered, MCP servers, and runs that are begun again. It can still be reached, to be mended.
/// </summary>
/// <param name="asked">True where the host wants it, false where never; null leaves it to the record.</param>
/// <param name="record">How earlier starts went.</param>
/// <param name="lifecycle">Told of it.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SafeMode(bool? asked, StartRecord record, Lifecycle lifecycle, ILogger<SafeMode> logger)
{
    /// <summary>Decides it, once.</summary>
    public async Task DecideAsync(CancellationToken ct)
    {
        if (asked == false)
        {
            return; // nor is the record kept: whoever ends such a gateway means to
        }

        var failed = await record.BeginAsync(ct);
        var why = asked == true ? "it was asked for"
            : failed >= StartRecord.TooMany ? $"the gateway ended {failed} times within {StartRecord.Window.TotalMinutes} minutes, soon after its start"
            : null;
        if (why is not null)
        {
            lifecycle.EnterSafeMode($"safe mode, because {why}: channels, deliveries and MCP servers are off; mend what is wrong (chela logs, chela doctor), then chela gateway restart");
            Log.Entered(logger, why);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1852, LogLevel.Error, "The gateway is in safe mode, because {Why}: channels, deliveries and MCP servers are off until it is restarted")]
        public static partial void Entered(ILogger logger, string why);
    }
}
