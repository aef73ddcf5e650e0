using System.Globalization;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>Bots of Telegram.</summary>
internal sealed partial class TelegramChannel(TelegramIntake intake, TelegramApi api, ConfigStore config, ILogger<TelegramChannel> logger)
    : IChannel, IProbedChannel, ITypingChannel, IFileChannel, IEditingChannel, IReactingChannel
{
    public const string ChannelName = "telegram";

    /// <summary>The longest text of a message, in UTF-16 code units without markup.</summary>
    public const int MaxChars = 4096;

    private const long MaxFileBytes = 50 * 1024 * 1024; // core.telegram.org/bots/api#sending-files

    private const int UsualChars = 4000; // as OpenClaw cuts (08-channels § 3)

    private static readonly TimeSpan PaceInGroups = TimeSpan.FromSeconds(3); // 20 messages a minute, says core.telegram.org/bots/faq
    private static readonly TimeSpan PaceInPrivate = TimeSpan.FromSeconds(1);

    public string Name => ChannelName;

    public string Label => "Telegram";

    public TimeSpan LongestSilence => TimeSpan.FromSeconds(90);

    public int MaxCharsFor(ReplyTarget target) => Math.Min(MaxChars, Find(target.Account)?.TextChunkLimit ?? UsualChars);

    public long MaxFileBytesFor(ReplyTarget target) => MaxFileBytes;

    public TimeSpan? EditPaceFor(ReplyTarget target) => target.Kind == PeerKind.Direct ? PaceInPrivate : PaceInGroups;

    public Task RunAsync(IChannelDoor door, CancellationToken ct) => intake.RunAsync(door, ct);

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, account => WithMarkupAsync(piece, async html =>
    {
        var sent = await api.SendMessageAsync(account, MessageOf(piece, html), ct);
        return NameOf(sent);
    }));

    public Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, account => WithMarkupAsync(piece, async html =>
    {
        var edit = new EditMessageText(piece.Target.Chat, Number(messageId), html ?? piece.Text)
        {
            ParseMode = html is null ? null : TelegramHtml.ParseMode,
            ReplyMarkup = ButtonsOf(piece),
        };
        try
        {
            await api.EditMessageTextAsync(account, edit, ct);
        }
        catch (TelegramException e) when (e.Error.Code == 400 && e.Message.Contains("message is not modified", StringComparison.Ordinal))
        {
            // It says so already.
        }

        return messageId;
    }));

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => TryAsync(file.Target, async account =>
    {
        var upload = new TelegramUpload(file.Target.Chat, file.Name, file.MimeType, file.Content)
        {
            MessageThreadId = ThreadOf(file.Target),
            ReplyParameters = QuoteOf(file.ReplyToId),
        };
        try
        {
            return NameOf(await api.SendFileAsync(account, upload, upload.Kind, ct));
        }
        catch (TelegramException e) when (e.Error.Code == 400 && upload.Kind != TelegramUpload.Document)
        {
            Log.SentAsDocument(logger, file.IdempotencyKey, e.Message);
            return NameOf(await api.SendFileAsync(account, upload, TelegramUpload.Document, ct));
        }
    });

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

    public async Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct)
    {
        if (Find(target.Account) is { } account)
        {
            await api.SetMessageReactionAsync(account, new SetMessageReaction(target.Chat, Number(messageId), [new ReactionType("emoji", emoji)]), ct);
        }
    }

    private async Task<SendOutcome> TryAsync(ReplyTarget target, Func<TelegramAccountConfig, Task<string>> send)
    {
        if (Find(target.Account) is not { } account)
        {
            return SendOutcome.Refused($"channels.telegram.{target.Account} is not set.");
        }

        try
        {
            return SendOutcome.Sent(await send(account));
        }
        catch (TelegramException e)
        {
            return e.Error.Code is 429 or >= 500 or 401 or 404 ? SendOutcome.Later(e.Message, e.Error.RetryAfter) : SendOutcome.Refused(e.Message);
        }
        catch (HttpRequestException e)
        {
            return SendOutcome.Later($"Telegram cannot be reached: {e.Message}");
        }
    }

    /// <summary>Sends a text with its markup, and as it is where Telegram cannot read that.</summary>
    private async Task<string> WithMarkupAsync(OutboundPiece piece, Func<string?, Task<string>> send)
    {
        try
        {
            return await send(TelegramHtml.Of(piece.Text));
        }
        catch (TelegramException e) when (e.Error.Code == 400 && e.Message.Contains("parse entities", StringComparison.Ordinal))
        {
            Log.NotParsed(logger, piece.IdempotencyKey, e.Message);
            return await send(null);
        }
    }

    private static SendMessage MessageOf(OutboundPiece piece, string? html) => new(piece.Target.Chat, html ?? piece.Text)
    {
        ParseMode = html is null ? null : TelegramHtml.ParseMode,
        MessageThreadId = ThreadOf(piece.Target),
        ReplyParameters = QuoteOf(piece.ReplyToId),
        ReplyMarkup = ButtonsOf(piece),
    };

    private static InlineKeyboard? ButtonsOf(OutboundPiece piece) =>
        piece.Choices.Count == 0 ? null : new InlineKeyboard([[.. piece.Choices.Select(choice => new InlineButton(choice.Label, choice.Command))]]);

    private static ReplyParameters? QuoteOf(string? messageId) => messageId is null ? null : new ReplyParameters(Number(messageId), AllowSendingWithoutReply: true);

    private static string NameOf(SentMessage sent) => sent.MessageId.ToString(CultureInfo.InvariantCulture);

    private static long Number(string messageId) => long.Parse(messageId, NumberStyles.None, CultureInfo.InvariantCulture);

    private static long? ThreadOf(ReplyTarget target) =>
        long.TryParse(target.Thread, NumberStyles.None, CultureInfo.InvariantCulture, out var thread) ? thread : null;

    private TelegramAccountConfig? Find(string account) => TelegramIntake.Account(config, account);

    private static partial class Log
    {
        [LoggerMessage(1741, LogLevel.Information, "Telegram could not read the markup of the piece {Piece}; it is sent as plain text: {Reason}")]
        public static partial void NotParsed(ILogger logger, string piece, string reason);

        [LoggerMessage(1744, LogLevel.Information, "Telegram did not take the file {Piece} as what it is; it is sent as a document: {Reason}")]
        public static partial void SentAsDocument(ILogger logger, string piece, string reason);
    }
}
