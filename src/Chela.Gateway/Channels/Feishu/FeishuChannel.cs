using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// Apps of Feishu and Lark. What people write comes by a long connection, or is posted where the account says so. An event is answered only when its
/// message is on disk: what comes again is known by its id.
/// </summary>
internal sealed partial class FeishuChannel(
    FeishuApi api, FeishuConnection connection, FeishuFiles files, ConfigStore config, TimeProvider time, ILogger<FeishuChannel> logger)
    : IChannel, IProbedChannel
{
    public const string ChannelName = "feishu";

    /// <summary>The longest text of a message; a post has at most 30 KB.</summary>
    public const int MaxChars = 7_000;

    private const int UsualChars = 4_000; // as OpenClaw cuts (08-channels § 3)

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(60);

    /// <summary>Who the accounts are, since they connected.</summary>
    private readonly ConcurrentDictionary<string, FeishuBot> _bots = new(StringComparer.Ordinal);

    public string Name => ChannelName;

    public string Label => "Feishu";

    public TimeSpan LongestSilence => TimeSpan.FromMinutes(5); // the platform is asked every two minutes at least

    public int MaxCharsFor(ReplyTarget target) => Math.Min(MaxChars, Find(target.Account)?.TextChunkLimit ?? UsualChars);

    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = Find(door.Account) ?? throw new ChannelRefusedException($"channels.feishu.{door.Account} is not there any more.");
        try
        {
            _bots[door.Account] = await api.GetBotAsync(account, ct);
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

    public async Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct)
    {
        if (Find(piece.Target.Account) is not { } account)
        {
            return SendOutcome.Refused($"channels.feishu.{piece.Target.Account} is not set.");
        }

        try
        {
            var sent = await SendAsync(account, piece, ct);
            return SendOutcome.Sent(sent.MessageId);
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

    /// <summary>True once the account has connected: until then it does not know its own name.</summary>
    public bool Knows(string account) => _bots.ContainsKey(account);

    /// <summary>Takes in one event; one that cannot be read is passed over, or it would come for ever.</summary>
    public async Task TakeAsync(ReadOnlyMemory<byte> json, IChannelDoor door, CancellationToken ct)
    {
        try
        {
            if (JsonSerializer.Deserialize(json.Span, FeishuJson.Default.FeishuEvent) is { Header.EventType: FeishuEvents.Received, Event: { } received }
                && FeishuEvents.MessageOf(received.Deserialize(FeishuJson.Default.FeishuReceived)!, door.Account, _bots[door.Account]) is var (message, named)
                && Find(door.Account) is { } account)
            {
                await door.ReceiveAsync(message, named.Count == 0 ? null : stop => files.FetchAsync(account, named, stop), ct);
            }
        }
        catch (JsonException e)
        {
            Log.NotRead(logger, door.Account, e.Message);
        }
    }

    /// <summary>Waits while Feishu posts what people write, and looks now and then whether it still knows the app.</summary>
    private async Task AwaitPostsAsync(FeishuAccountConfig account, IChannelDoor door, CancellationToken ct)
    {
        door.Connected();
        while (true)
        {
            await Task.Delay(BetweenLooks, time, ct);
            await api.GetBotAsync(account, ct);
            door.Heard();
        }
    }

    private async Task<FeishuSent> SendAsync(FeishuAccountConfig account, OutboundPiece piece, CancellationToken ct)
    {
        var content = FeishuContents.Of(piece.Text, piece.IdempotencyKey);
        try
        {
            return await BringAsync(account, piece.Target, content, ct);
        }
        catch (FeishuException e) when (e.Error.IsBadContent && content.MsgType != FeishuContents.Text)
        {
            Log.NotShown(logger, piece.IdempotencyKey, e.Message);
            return await BringAsync(account, piece.Target, FeishuContents.Plain(piece.Text, piece.IdempotencyKey), ct);
        }
    }

    /// <summary>Sends into the thread; where that is gone, into the chat around it.</summary>
    private async Task<FeishuSent> BringAsync(FeishuAccountConfig account, ReplyTarget target, FeishuSend message, CancellationToken ct)
    {
        try
        {
            if (target.Thread is { } root)
            {
                return await api.ReplyAsync(account, root, message with { ReplyInThread = true }, ct);
            }
        }
        catch (FeishuException e) when (e.Error.IsNothingToAnswer)
        {
            Log.NoThread(logger, target.Account, e.Message);
        }

        return await api.SendAsync(account, message with { ReceiveId = target.Chat }, ct);
    }

    private FeishuAccountConfig? Find(string account) =>
        config.Current.Config.Channels.Feishu.GetValueOrDefault(account) is { } found && found.Runs() ? found : null;

    private static partial class Log
    {
        [LoggerMessage(1772, LogLevel.Warning, "An event of the Feishu account {Account} cannot be read, and is passed over: {Reason}")]
        public static partial void NotRead(ILogger logger, string account, string reason);

        [LoggerMessage(1773, LogLevel.Information, "Feishu could not show the markup of the piece {Piece}; it is sent as plain text: {Reason}")]
        public static partial void NotShown(ILogger logger, string piece, string reason);

        [LoggerMessage(1775, LogLevel.Information, "What the Feishu account {Account} would answer is gone; the answer goes into the chat: {Reason}")]
        public static partial void NoThread(ILogger logger, string account, string reason);
    }
}
