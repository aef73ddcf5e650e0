using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>Apps of Feishu and Lark.</summary>
internal sealed partial class FeishuChannel(FeishuIntake intake, FeishuApi api, ConfigStore config, ILogger<FeishuChannel> logger)
    : IChannel, IProbedChannel, IFileChannel, IEditingChannel, IReactingChannel
{
    public const string ChannelName = "feishu";

    /// <summary>The longest text of a message; a post has at most 30 KB.</summary>
    public const int MaxChars = 7_000;

    private const int UsualChars = 4_000; // as OpenClaw cuts (08-channels § 3)

    private const long MaxFileBytes = 30 * 1024 * 1024; // open.feishu.cn/document/server-docs/im-v1/file/create

    /// <summary>A message can be changed twenty times: the end of an answer that is written for two minutes still has its turn.</summary>
    private static readonly TimeSpan EditPace = TimeSpan.FromSeconds(8);

    public string Name => ChannelName;

    public string Label => "Feishu";

    public TimeSpan LongestSilence => TimeSpan.FromMinutes(5); // Feishu is asked every two minutes at least

    public int MaxCharsFor(ReplyTarget target) => Math.Min(MaxChars, Find(target.Account)?.TextChunkLimit ?? UsualChars);

    public long MaxFileBytesFor(ReplyTarget target) => MaxFileBytes;

    public TimeSpan? EditPaceFor(ReplyTarget target) => EditPace;

    public Task RunAsync(IChannelDoor door, CancellationToken ct) => intake.RunAsync(door, ct);

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async account =>
    {
        var (target, answered, key) = (piece.Target, piece.ReplyToId, piece.IdempotencyKey);
        try
        {
            return await BringAsync(account, target, answered, key, piece.Choices.Count > 0 ? FeishuContents.Card(piece) : FeishuContents.Post(piece.Text), ct);
        }
        catch (FeishuException e) when (e.Error.IsBadContent)
        {
            Log.NotShown(logger, key, e.Message);
            return await BringAsync(account, target, answered, key, FeishuContents.Text(piece.Text), ct);
        }
    });

    public Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async account =>
    {
        await api.EditAsync(account, messageId, FeishuContents.Post(piece.Text), ct);
        return messageId;
    });

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => TryAsync(file.Target, async account =>
    {
        var upload = new FeishuUpload(file.Name, file.MimeType, file.Content);
        try
        {
            return await BringAsync(account, file.Target, file.ReplyToId, file.IdempotencyKey, await UploadAsync(account, upload, ct), ct);
        }
        catch (FeishuException e) when (upload.Kind != FeishuUpload.File && e.Error.Outcome(e.Message).Status == SendStatus.Refused)
        {
            Log.SentAsFile(logger, file.IdempotencyKey, e.Message);
            return await BringAsync(account, file.Target, file.ReplyToId, file.IdempotencyKey, await UploadAsync(account, upload with { Kind = FeishuUpload.File }, ct), ct);
        }
    });

    public async Task<string> ProbeAsync(string account, CancellationToken ct)
    {
        var settings = Find(account) ?? throw new ChannelRefusedException($"channels.feishu.{account} is not set.");
        try
        {
            var bot = await api.GetBotAsync(settings, ct);
            return bot.AppName ?? bot.OpenId!;
        }
        catch (FeishuException e)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    public async Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct)
    {
        if (Find(target.Account) is { } account && FeishuEmoji.Of(emoji) is { } type)
        {
            await api.ReactAsync(account, messageId, type, ct);
        }
    }

    private async Task<SendOutcome> TryAsync(ReplyTarget target, Func<FeishuAccountConfig, Task<string?>> send)
    {
        if (Find(target.Account) is not { } account)
        {
            return SendOutcome.Refused($"channels.feishu.{target.Account} is not set.");
        }

        try
        {
            return SendOutcome.Sent(await send(account));
        }
        catch (FeishuException e)
        {
            return e.Error.Outcome(e.Message);
        }
        catch (HttpRequestException e)
        {
            return SendOutcome.Later($"Feishu cannot be reached: {e.Message}");
        }
    }

    private async Task<FeishuSend> UploadAsync(FeishuAccountConfig account, FeishuUpload upload, CancellationToken ct) =>
        FeishuContents.File(upload.Kind, await api.UploadAsync(account, upload, ct));

    /// <summary>Sends as an answer, inside the thread where there is one; where what it would answer is gone, into the chat.</summary>
    private async Task<string?> BringAsync(FeishuAccountConfig account, ReplyTarget target, string? answered, string key, FeishuSend message, CancellationToken ct)
    {
        var keyed = message with { Uuid = FeishuContents.UuidOf(key) };
        try
        {
            if ((answered ?? target.Thread) is { } first)
            {
                return (await api.ReplyAsync(account, first, keyed with { ReplyInThread = target.Thread is null ? null : true }, ct)).MessageId;
            }
        }
        catch (FeishuException e) when (e.Error.IsNothingToAnswer)
        {
            Log.NothingToAnswer(logger, key, e.Message);
        }

        return (await api.SendAsync(account, keyed with { ReceiveId = target.Chat }, ct)).MessageId;
    }

    private FeishuAccountConfig? Find(string account) => FeishuIntake.Account(config, account);

    private static partial class Log
    {
        [LoggerMessage(1773, LogLevel.Information, "Feishu could not show the markup of the piece {Piece}; it is sent as plain text: {Reason}")]
        public static partial void NotShown(ILogger logger, string piece, string reason);

        [LoggerMessage(1775, LogLevel.Information, "What the piece {Piece} would answer on Feishu is gone; it goes into the chat: {Reason}")]
        public static partial void NothingToAnswer(ILogger logger, string piece, string reason);

        [LoggerMessage(1776, LogLevel.Information, "Feishu did not take the file {Piece} as what it is; it is sent as a file like any other: {Reason}")]
        public static partial void SentAsFile(ILogger logger, string piece, string reason);
    }
}
