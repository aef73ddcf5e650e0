using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Contracts.Channels;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>
/// Brings what people write to bots: it is asked for, or posted by Telegram where the account has an address for it. An update is confirmed only when
/// its message is on disk: what comes again is known by its id.
/// </summary>
internal sealed partial class TelegramIntake(
    TelegramApi api, TelegramFiles files, SetMyCommands commands, ConfigStore config, TimeProvider time, ILogger<TelegramIntake> logger)
{
    /// <summary>How long Telegram holds back the answer to a poll while nobody writes, in seconds.</summary>
    private const int PollSeconds = 25;

    private static readonly TimeSpan AfterNothing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);

    private static readonly string[] Wanted = ["message", "channel_post", "callback_query"];

    /// <summary>Who the accounts are, since they connected.</summary>
    private readonly ConcurrentDictionary<string, TelegramUser> _bots = new(StringComparer.Ordinal);

    /// <summary>Connects an account, and brings its messages until cancelled.</summary>
    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = Account(config, door.Account) ?? throw new ChannelRefusedException($"channels.telegram.{door.Account} is not there any more.");
        try
        {
            _bots[door.Account] = await api.GetMeAsync(account, ct);
            await OfferCommandsAsync(account, ct);
            await (account.WebhookUrl is { } url ? AwaitPostsAsync(account, url, door, ct) : PollAsync(account, door, ct));
        }
        catch (TelegramException e) when (e.Error.IsUnknownBot)
        {
            throw new ChannelRefusedException("Telegram does not know the bot token.");
        }
        catch (TelegramException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>Takes in one update; one that cannot be read is passed over, or it would come for ever.</summary>
    /// <returns>False, and nothing was taken, before the account has connected for the first time: until then it does not know its own name.</returns>
    public async Task<bool> TakeAsync(JsonElement update, IChannelDoor door, CancellationToken ct)
    {
        if (!_bots.TryGetValue(door.Account, out var bot))
        {
            return false;
        }

        TelegramUpdate read;
        try
        {
            read = update.Deserialize(TelegramJson.Default.TelegramUpdate)!;
        }
        catch (JsonException e)
        {
            Log.NotRead(logger, door.Account, e.Message);
            return true;
        }

        if (Account(config, door.Account) is { } account)
        {
            await BringAsync(read, account, bot, door, ct);
        }

        return true;
    }

    private async Task BringAsync(TelegramUpdate update, TelegramAccountConfig account, TelegramUser bot, IChannelDoor door, CancellationToken ct)
    {
        if (TelegramUpdates.MessageOf(update, door.Account, bot) is { } message)
        {
            var named = (update.Message ?? update.ChannelPost) is { } written ? TelegramUpdates.FilesOf(written) : [];
            await door.ReceiveAsync(message, named.Count == 0 ? null : stop => files.FetchAsync(account, named, stop), ct);
        }

        if (update.CallbackQuery is { } pressed)
        {
            await EndWaitingAsync(account, pressed, ct);
        }
    }

    /// <summary>Whoever pressed a button sees it wait until it is answered; an answer that comes too late is refused, and not needed.</summary>
    private async Task EndWaitingAsync(TelegramAccountConfig account, TelegramPressed pressed, CancellationToken ct)
    {
        try
        {
            await api.AnswerCallbackQueryAsync(account, new AnswerCallbackQuery(pressed.Id), ct);
        }
        catch (TelegramException e) when (!e.Error.IsUnknownBot)
        {
            Log.NotAnswered(logger, e.Message);
        }
    }

    private async Task PollAsync(TelegramAccountConfig account, IChannelDoor door, CancellationToken ct)
    {
        await api.DeleteWebhookAsync(account, ct);
        door.Connected();
        long? next = null;
        while (true)
        {
            var (asked, at) = (next, time.GetTimestamp());
            var updates = await api.GetUpdatesAsync(account, new GetUpdates(next, PollSeconds, Wanted), ct);
            door.Heard();
            foreach (var update in updates)
            {
                await TakeAsync(update, door, ct);
                next = NumberOf(update) is { } number ? number + 1 : next;
            }

            if (next == asked && time.GetElapsedTime(at) < AfterNothing)
            {
                await Task.Delay(AfterNothing, time, ct); // nonsense would come again at once, and for ever; and some servers do not wait with their answer
            }
        }
    }

    private static long? NumberOf(JsonElement update) =>
        update.ValueKind == JsonValueKind.Object && update.TryGetProperty("update_id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number) ? number : null;

    /// <summary>Has Telegram post what people write, and looks now and then whether it still knows the bot.</summary>
    private async Task AwaitPostsAsync(TelegramAccountConfig account, string url, IChannelDoor door, CancellationToken ct)
    {
        var hook = new SetWebhook($"{url.TrimEnd('/')}{TelegramEndpoint.PathOf(door.Account)}", account.WebhookSecret!, Wanted);
        await api.SetWebhookAsync(account, hook, ct);
        door.Connected();
        while (true)
        {
            await Task.Delay(BetweenLooks, time, ct);
            await api.GetMeAsync(account, ct);
            door.Heard();
        }
    }

    /// <summary>Shows people the commands where they type; a bot that may not do so works without.</summary>
    private async Task OfferCommandsAsync(TelegramAccountConfig account, CancellationToken ct)
    {
        try
        {
            await api.SetMyCommandsAsync(account, commands, ct);
        }
        catch (Exception e) when (e is HttpRequestException or TelegramException { Error.IsUnknownBot: false })
        {
            Log.NoCommands(logger, e.Message);
        }
    }

    /// <summary>An account that is to run; null for any other.</summary>
    public static TelegramAccountConfig? Account(ConfigStore config, string name) =>
        config.Current.Config.Channels.Telegram.GetValueOrDefault(name) is { } found && found.Runs() ? found : null;

    private static partial class Log
    {
        [LoggerMessage(1740, LogLevel.Warning, "An update of the Telegram account {Account} cannot be read, and is passed over: {Reason}")]
        public static partial void NotRead(ILogger logger, string account, string reason);

        [LoggerMessage(1742, LogLevel.Information, "Telegram does not show the commands: {Reason}")]
        public static partial void NoCommands(ILogger logger, string reason);

        [LoggerMessage(1745, LogLevel.Debug, "Telegram did not take the answer to a button: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string reason);
    }
}
