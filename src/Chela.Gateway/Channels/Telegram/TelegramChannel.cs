using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>
/// Bots of Telegram. What people write is asked for, or posted by Telegram where the account has an address for it. An update is confirmed only when
/// its message is on disk: what comes again is known by its id.
/// </summary>
internal sealed partial class TelegramChannel(
    TelegramApi api, TelegramFiles files, SetMyCommands commands, ConfigStore config, TimeProvider time, ILogger<TelegramChannel> logger)
    : IChannel, IProbedChannel, ITypingChannel
{
    public const string ChannelName = "telegram";

    /// <summary>The longest text of a message, in UTF-16 code units without markup.</summary>
    public const int MaxChars = 4096;

    private const int UsualChars = 4000; // as OpenClaw cuts (08-channels § 3)

    /// <summary>How long Telegram holds back the answer to a poll while nobody writes, in seconds.</summary>
    private const int PollSeconds = 25;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);

    private static readonly string[] Wanted = ["message", "channel_post"];

    /// <summary>Who the accounts are, since they connected.</summary>
    private readonly ConcurrentDictionary<string, TelegramUser> _bots = new(StringComparer.Ordinal);

    public string Name => ChannelName;

    public string Label => "Telegram";

    public TimeSpan LongestSilence => TimeSpan.FromSeconds(90);

    public int MaxCharsFor(ReplyTarget target) => Math.Min(MaxChars, Find(target.Account)?.TextChunkLimit ?? UsualChars);

    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = Find(door.Account) ?? throw new ChannelRefusedException($"channels.telegram.{door.Account} is not there any more.");
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

    public async Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct)
    {
        if (Find(piece.Target.Account) is not { } account)
        {
            return SendOutcome.Refused($"channels.telegram.{piece.Target.Account} is not set.");
        }

        try
        {
            return await SendAsync(account, piece, TelegramHtml.Of(piece.Text), ct);
        }
        catch (TelegramException e) when (e.Error is { Code: 400 } && e.Message.Contains("parse entities", StringComparison.Ordinal))
        {
            Log.NotParsed(logger, piece.IdempotencyKey, e.Message);
            return await TryPlainAsync(account, piece, ct);
        }
        catch (Exception e) when (e is TelegramException or HttpRequestException)
        {
            return OutcomeOf(e);
        }
    }

    public async Task<string> ProbeAsync(string account, CancellationToken ct)
    {
        var settings = Find(account) ?? throw new ChannelRefusedException($"channels.telegram.{account} is not set.");
        try
        {
            var bot = await api.GetMeAsync(settings, ct);
            return $"@{bot.Username}";
        }
        catch (TelegramException e)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    public async Task ShowTypingAsync(ReplyTarget target, CancellationToken ct)
    {
        if (Find(target.Account) is { } account)
        {
            var action = new SendChatAction(target.Chat, "typing") { MessageThreadId = ThreadOf(target) };
            await api.SendChatActionAsync(account, action, ct);
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

        if (TelegramUpdates.MessageOf(read, door.Account, bot) is { } message && Find(door.Account) is { } account)
        {
            var named = TelegramUpdates.FilesOf((read.Message ?? read.ChannelPost)!);
            await door.ReceiveAsync(message, named.Count == 0 ? null : stop => files.FetchAsync(account, named, stop), ct);
        }

        return true;
    }

    private async Task PollAsync(TelegramAccountConfig account, IChannelDoor door, CancellationToken ct)
    {
        await api.DeleteWebhookAsync(account, ct);
        door.Connected();
        long? next = null;
        while (true)
        {
            var updates = await api.GetUpdatesAsync(account, new GetUpdates(next, PollSeconds, Wanted), ct);
            door.Heard();
            foreach (var update in updates)
            {
                await TakeAsync(update, door, ct);
                next = update.TryGetProperty("update_id", out var id) && id.TryGetInt64(out var number) ? number + 1 : next;
            }
        }
    }

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
        catch (TelegramException e) when (!e.Error.IsUnknownBot)
        {
            Log.NoCommands(logger, e.Message);
        }
    }

    private async Task<SendOutcome> TryPlainAsync(TelegramAccountConfig account, OutboundPiece piece, CancellationToken ct)
    {
        try
        {
            return await SendAsync(account, piece, null, ct);
        }
        catch (Exception e) when (e is TelegramException or HttpRequestException)
        {
            return OutcomeOf(e);
        }
    }

    private async Task<SendOutcome> SendAsync(TelegramAccountConfig account, OutboundPiece piece, string? html, CancellationToken ct)
    {
        var message = new SendMessage(piece.Target.Chat, html ?? piece.Text) { ParseMode = html is null ? null : "HTML", MessageThreadId = ThreadOf(piece.Target) };
        var sent = await api.SendMessageAsync(account, message, ct);
        return SendOutcome.Sent(sent.MessageId.ToString(CultureInfo.InvariantCulture));
    }

    private static SendOutcome OutcomeOf(Exception problem) => problem switch
    {
        TelegramException { Error: { Code: 429 or >= 500 or 401 or 404 } error } => SendOutcome.Later(problem.Message, error.RetryAfter),
        TelegramException => SendOutcome.Refused(problem.Message),
        _ => SendOutcome.Later($"Telegram cannot be reached: {problem.Message}"),
    };

    private static long? ThreadOf(ReplyTarget target) =>
        long.TryParse(target.Thread, NumberStyles.None, CultureInfo.InvariantCulture, out var thread) ? thread : null;

    private TelegramAccountConfig? Find(string account) =>
        config.Current.Config.Channels.Telegram.GetValueOrDefault(account) is { } found && found.Runs() ? found : null;

    private static partial class Log
    {
        [LoggerMessage(1740, LogLevel.Warning, "An update of the Telegram account {Account} cannot be read, and is passed over: {Reason}")]
        public static partial void NotRead(ILogger logger, string account, string reason);

        [LoggerMessage(1741, LogLevel.Information, "Telegram could not read the markup of the piece {Piece}; it is sent as plain text: {Reason}")]
        public static partial void NotParsed(ILogger logger, string piece, string reason);

        [LoggerMessage(1742, LogLevel.Information, "Telegram does not show the commands: {Reason}")]
        public static partial void NoCommands(ILogger logger, string reason);
    }
}
