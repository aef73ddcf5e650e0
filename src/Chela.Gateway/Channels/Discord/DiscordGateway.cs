using System.Collections.Concurrent;
using Chela.Contracts.Channels;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Discord;

/// <summary>
/// Keeps accounts connected with the gateway of Discord as long as their sessions can be resumed without waiting. Sessions are remembered also while
/// nothing is connected, so that after an outage what was said meanwhile is told again.
/// </summary>
internal sealed partial class DiscordGateway(DiscordApi api, DiscordIntake intake, TimeProvider time, Random random, ILogger<DiscordGateway> logger)
{
    /// <summary>How often in a row connections may be short before there is a pause.</summary>
    private const int MaxShort = 3;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, DiscordSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Runs until the connection cannot be resumed at once; never returns.</summary>
    /// <exception cref="HttpRequestException">It is to be connected anew, after a while.</exception>
    public async Task RunAsync(DiscordAccountConfig account, IChannelDoor door, CancellationToken ct)
    {
        var session = _sessions.AddOrUpdate(
            door.Account, _ => new DiscordSession(account.Token), (_, known) => known.Token == account.Token ? known : new DiscordSession(account.Token));
        var line = new DiscordLine(account, session, door);
        var inARow = 0;
        while (true)
        {
            var began = time.GetTimestamp();
            var end = await ConnectAsync(line, ct);
            inARow = time.GetElapsedTime(began) < Short ? inARow + 1 : 0;
            if (end.Next == DiscordNext.Stop)
            {
                throw new ChannelRefusedException(end.Reason);
            }

            if (end.Next == DiscordNext.Begin)
            {
                session.Forget();
            }

            if (end.Next == DiscordNext.Begin || inARow > MaxShort)
            {
                throw new HttpRequestException(end.Reason);
            }

            Log.Resumes(logger, door.Account, end.Reason);
        }
    }

    /// <summary>Makes one connection; returns when it has ended.</summary>
    private async Task<DiscordEnd> ConnectAsync(DiscordLine line, CancellationToken ct)
    {
        var place = line.Session is { Resumed: not null, Url: { } known } ? known : await AskWhereAsync(line, ct);
        line.Session.Url = null; // where it cannot be reached there, it is looked for again
        if (!Uri.TryCreate($"{place.TrimEnd('/')}/?v=10&encoding=json", UriKind.Absolute, out var address) || !DiscordAddress.IsSafe(line.Account, address))
        {
            throw new HttpRequestException("Discord named no address of its gateway that begins with wss://");
        }

        using var socket = await DiscordSocket.ConnectAsync(address, time, ct);
        line.Session.Url = line.Session.Resumed is null ? null : place;
        var connection = new DiscordConnection(socket, line.Session, time, Chance)
        {
            Arrived = frame => intake.Arrived(frame, line),
            TakeAsync = (frame, stop) => intake.TakeAsync(frame, line, stop),
        };
        return await connection.RunAsync(ct);
    }

    /// <summary>Asks where the gateway is. Who begins sessions too often loses its token.</summary>
    private async Task<string> AskWhereAsync(DiscordLine line, CancellationToken ct)
    {
        var gateway = await api.GetGatewayAsync(line.Account, ct);
        return line.Session.Resumed is null && gateway.SessionStartLimit is { Remaining: <= 0, ResetAfter: var wait }
            ? throw new HttpRequestException($"Discord lets the bot begin no more sessions for {TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, 86_400_000))}")
            : gateway.Url;
    }

    private double Chance()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1755, LogLevel.Information, "The Discord account {Account} goes on with its session: {Reason}")]
        public static partial void Resumes(ILogger logger, string account, string reason);
    }
}
