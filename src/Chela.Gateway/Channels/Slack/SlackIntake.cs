using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Slack;

/// <summary>
/// Takes in what people say to apps of Slack, over Socket Mode. An envelope is acknowledged only when its message is on disk: what comes again is known by
/// its conversation and time. Slack closes each connection after a while and says so before: then the next one stands before the former goes.
/// </summary>
internal sealed partial class SlackIntake(SlackApi api, SlackFiles files, ConfigStore config, TimeProvider time, ILogger<SlackIntake> logger)
{
    /// <summary>How long a connection that Slack is about to close is still listened to.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(15);

    /// <summary>An open connection answers pings, or it breaks off: that is its sign of life.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);

    /// <summary>Who the bots are, since they connected.</summary>
    private readonly ConcurrentDictionary<string, SlackIdentity> _bots = new(StringComparer.Ordinal);

    public static SlackAccountConfig? Account(ConfigStore config, string name) => config.Current.Config.Channels.Slack.GetValueOrDefault(name);

    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = Account(config, door.Account) ?? throw new ChannelRefusedException($"channels.slack.{door.Account} is not there any more.");
        try
        {
            _bots[door.Account] = await api.TestAsync(account, ct);
            await ServeAsync(account, door, ct);
        }
        catch (SlackException e) when (e.IsOfAccount)
        {
            throw new ChannelRefusedException(e.Message);
        }
        catch (SlackException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    private async Task ServeAsync(SlackAccountConfig account, IChannelDoor door, CancellationToken ct)
    {
        using var beat = time.CreateTimer(_ => door.Heard(), null, Beat, Beat);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var leaving = Task.CompletedTask;
        var socket = await ConnectAsync(account, ct);
        try
        {
            while (true)
            {
                await ListenAsync(account, socket, door, ct);
                if (!socket.IsGreeted)
                {
                    return; // one that is sent away at once does not come back at once
                }

                var next = await ConnectAsync(account, ct);
                await leaving;
                leaving = LeaveAsync(account, socket, door, ending.Token);
                socket = next;
            }
        }
        finally
        {
            await ending.CancelAsync();
            await leaving;
            socket.Dispose();
        }
    }

    private async Task<SlackSocket> ConnectAsync(SlackAccountConfig account, CancellationToken ct) =>
        await SlackSocket.ConnectAsync(await api.OpenConnectionAsync(account, ct), time, ct);

    /// <summary>Takes in what comes over a connection until Slack says that it will close it.</summary>
    private async Task ListenAsync(SlackAccountConfig account, SlackSocket socket, IChannelDoor door, CancellationToken ct)
    {
        while (true)
        {
            var envelope = await socket.ReadAsync(ct);
            door.Heard();
            switch (envelope)
            {
                case { Type: "hello" }:
                    door.Connected();
                    break;
                case { Type: "disconnect", Reason: "link_disabled" }:
                    throw new ChannelRefusedException("Socket Mode is switched off for the app.");
                case { Type: "disconnect" }:
                    return;
                case { EnvelopeId: { } id }:
                    await TakeAsync(account, envelope, door, ct);
                    await socket.AcknowledgeAsync(id, ct);
                    break;
                default:
                    Log.NotRead(logger, door.Account, "it has no name");
                    break;
            }
        }
    }

    /// <summary>Listens to what still comes over a connection that goes; what is cut off comes again over the next one.</summary>
    private async Task LeaveAsync(SlackAccountConfig account, SlackSocket socket, IChannelDoor door, CancellationToken ct)
    {
        using var gone = socket;
        using var over = new CancellationTokenSource(LeaveLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            while (true)
            {
                await ListenAsync(account, socket, door, either.Token);
            }
        }
        catch (Exception e) when (e is HttpRequestException or ChannelRefusedException or OperationCanceledException)
        {
            Log.Left(logger, door.Account, e.Message);
        }
    }

    /// <summary>Takes in what an envelope holds; one that cannot be read is passed over, or it would come again.</summary>
    private async Task TakeAsync(SlackAccountConfig account, SlackEnvelope envelope, IChannelDoor door, CancellationToken ct)
    {
        try
        {
            var (message, sent) = Read(envelope, door.Account);
            if (message is not null)
            {
                await door.ReceiveAsync(message, sent is { Count: > 0 } ? stop => files.FetchAsync(account, sent, stop) : null, ct);
            }
        }
        catch (JsonException e)
        {
            Log.NotRead(logger, door.Account, e.Message);
        }
    }

    /// <summary>The message in an envelope, null where it is not the word of a person; and its files.</summary>
    private (ChannelMessage? Message, IReadOnlyList<SlackFile>? Files) Read(SlackEnvelope envelope, string account)
    {
        var (bot, now) = (_bots[account], time.GetUtcNow().ToUnixTimeMilliseconds());
        return (envelope.Type, envelope.Payload) switch
        {
            ("events_api", { } payload) when payload.Deserialize(SlackJson.Default.SlackCallback)?.Event is { } said => (SlackEvents.MessageOf(said, account, bot), said.Files),
            ("slash_commands", { } payload) when payload.Deserialize(SlackJson.Default.SlashCommand) is { } command => (SlackEvents.MessageOf(command, account, bot, now), null),
            ("interactive", { } payload) when payload.Deserialize(SlackJson.Default.SlackInteraction) is { } pressed => (SlackEvents.MessageOf(pressed, account, now), null),
            _ => (null, null),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1760, LogLevel.Warning, "An envelope of Slack to {Account} cannot be read, and is passed over: {Reason}")]
        public static partial void NotRead(ILogger logger, string account, string reason);

        [LoggerMessage(1761, LogLevel.Debug, "The former connection of Slack's {Account} is gone: {Reason}")]
        public static partial void Left(ILogger logger, string account, string reason);
    }
}
