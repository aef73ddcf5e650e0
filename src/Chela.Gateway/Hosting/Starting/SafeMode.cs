using Chela.Gateway.Bus;
using Chela.Gateway.Hosting.Restarting;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.Starting;

/// <summary>
/// Decides, before anything is taken up, whether the gateway starts without what may have ended it before: the accounts of channels, what is to be
/// delivered, MCP servers, and runs that are begun again. It can still be reached, to be mended.
/// </summary>
/// <param name="asked">True where the host wants it, false where never; null leaves it to the record.</param>
/// <param name="record">How earlier starts went.</param>
/// <param name="lifecycle">Told of it.</param>
/// <param name="restarts">Asked for another try, where nobody asked for the safe mode.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SafeMode(bool? asked, StartRecord record, Lifecycle lifecycle, Restarts restarts, ILogger<SafeMode> logger)
{
    /// <summary>How long it lasts where nobody ends it: what ended the gateway may have passed, and people wait for their answers.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

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

    /// <summary>The gateway serves: its start is a good one soon, and a safe mode that nobody asked for has an end.</summary>
    public void Serves()
    {
        if (asked != false)
        {
            record.Serves();
        }

        if (asked is null && lifecycle.SafeMode is not null)
        {
            restarts.Ask("the safe mode has lasted long enough for another try", Longest);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1852, LogLevel.Error, "The gateway is in safe mode, because {Why}: channels, deliveries and MCP servers are off until it is restarted")]
        public static partial void Entered(ILogger logger, string why);
    }
}
