using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Contracts.Channels;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// Brings what people write to apps: by a long connection, or posted by Feishu where the account says so. An event is answered only when its message
/// is on disk: what comes again is known by its id.
/// </summary>
internal sealed partial class FeishuIntake(
    FeishuPeople people, FeishuConnection connection, FeishuFiles files, ConfigStore config, TimeProvider time, ILogger<FeishuIntake> logger)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(60);

    private static readonly FeishuJson Json = FeishuJson.Default;

    /// <summary>Who the accounts are, since they connected.</summary>
    private readonly ConcurrentDictionary<string, FeishuBot> _bots = new(StringComparer.Ordinal);

    /// <summary>Connects an account, and brings its messages until cancelled.</summary>
    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = Account(config, door.Account) ?? throw new ChannelRefusedException($"channels.feishu.{door.Account} is not there any more.");
        try
        {
            _bots[door.Account] = await people.BotOfAsync(account, ct);
            await (account.IsPosted() ? AwaitPostsAsync(account, door, ct) : connection.RunAsync(account, door, e => TakeAsync(e, door, ct), ct));
        }
        catch (FeishuException e) when (e.Error.IsUnknownApp)
        {
            throw new ChannelRefusedException($"Feishu does not know the app, or its secret is another one ({e.Error.Code}).");
        }
        catch (FeishuException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>Takes in one event; one that cannot be read is passed over, or it would come for ever.</summary>
    /// <returns>False, and nothing was taken, before the account has connected for the first time: until then it does not know its own name.</returns>
    public async Task<bool> TakeAsync(ReadOnlyMemory<byte> json, IChannelDoor door, CancellationToken ct)
    {
        if (!_bots.TryGetValue(door.Account, out var bot))
        {
            return false;
        }

        try
        {
            if (Read(json, door.Account, bot) is var (message, attached) && Account(config, door.Account) is { } account)
            {
                var named = message with { SenderName = await people.NameOfAsync(account, message.SenderId, ct) };
                await door.ReceiveAsync(named, attached.Count == 0 ? null : stop => files.FetchAsync(account, attached, stop), ct);
            }
        }
        catch (JsonException e)
        {
            Log.NotRead(logger, door.Account, e.Message);
        }

        return true;
    }

    /// <summary>An account that is to run; null for any other.</summary>
    public static FeishuAccountConfig? Account(ConfigStore config, string name) =>
        config.Current.Config.Channels.Feishu.GetValueOrDefault(name) is { } found && found.Runs() ? found : null;

    private Heard? Read(ReadOnlyMemory<byte> json, string account, FeishuBot bot) => JsonSerializer.Deserialize(json.Span, Json.FeishuEvent) switch
    {
        { Header.EventType: FeishuEvents.Received, Event: { } e } => FeishuEvents.MessageOf(e.Deserialize(Json.FeishuReceived)!, account, bot),
        { Header: { EventType: FeishuEvents.Pressed, EventId: { } id }, Event: { } e } => FeishuEvents.MessageOf(e.Deserialize(Json.FeishuPressed)!, id, account, time.GetUtcNow().ToUnixTimeMilliseconds()),
        _ => null,
    };

    /// <summary>Waits while Feishu posts what people write, and looks now and then whether it still knows the app.</summary>
    private async Task AwaitPostsAsync(FeishuAccountConfig account, IChannelDoor door, CancellationToken ct)
    {
        door.Connected();
        while (true)
        {
            await Task.Delay(BetweenLooks, time, ct);
            await people.BotOfAsync(account, ct);
            door.Heard();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1772, LogLevel.Warning, "An event of the Feishu account {Account} cannot be read, and is passed over: {Reason}")]
        public static partial void NotRead(ILogger logger, string account, string reason);
    }
}
