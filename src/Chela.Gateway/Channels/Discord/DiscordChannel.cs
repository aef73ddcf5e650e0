using System.Security.Cryptography;
using System.Text;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Discord;

/// <summary>
/// Bots of Discord. What people write comes over its gateway, what is answered goes to its API. An event counts as heard only when its message is on
/// disk: what comes again is known by its id.
/// </summary>
internal sealed class DiscordChannel(DiscordApi api, DiscordGateway gateway, DiscordInteractions interactions, ConfigStore config)
    : IChannel, IProbedChannel, ITypingChannel, IFileChannel, IEditingChannel, IReactingChannel
{
    public const string ChannelName = "discord";

    /// <summary>The longest text of a message, with its markup.</summary>
    public const int MaxChars = 2000;

    private const int MaxNonceChars = 25;

    private const long MaxFileBytes = 10 * 1024 * 1024; // more only in servers that pay for it

    private static readonly TimeSpan EditPace = TimeSpan.FromSeconds(1.2); // five in five seconds

    public string Name => ChannelName;

    public string Label => "Discord";

    public TimeSpan LongestSilence => TimeSpan.FromSeconds(120); // it answers a heartbeat every 41 s

    public int MaxCharsFor(ReplyTarget target) => Math.Min(MaxChars, Find(target.Account)?.TextChunkLimit ?? MaxChars);

    public long MaxFileBytesFor(ReplyTarget target) => MaxFileBytes;

    public TimeSpan? EditPaceFor(ReplyTarget target) => EditPace;

    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = Find(door.Account) ?? throw new ChannelRefusedException($"channels.discord.{door.Account} is not there any more.");
        try
        {
            await gateway.RunAsync(account, door, ct);
        }
        catch (DiscordException e) when (e.Error.Status == 401)
        {
            throw new ChannelRefusedException(DiscordEnd.Of(4004).Reason);
        }
        catch (DiscordException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async account =>
    {
        if (await TryReplyAsync(account, piece, ct) is { } replied)
        {
            return replied;
        }

        var message = MessageOf(TextOf(piece), piece.IdempotencyKey, piece.ReplyToId) with { Components = ButtonsOf(piece) };
        var sent = await api.CreateMessageAsync(account, piece.Target.Chat, message, ct);
        return sent.Id;
    });

    public Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async account =>
    {
        await api.EditMessageAsync(account, piece.Target.Chat, messageId, new EditMessage(TextOf(piece)) { Components = ButtonsOf(piece) }, ct);
        return messageId;
    });

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => TryAsync(file.Target, async account =>
    {
        var message = MessageOf("", file.IdempotencyKey, file.ReplyToId) with { Attachments = [new DiscordUpload(0, file.Name)] };
        var sent = await api.CreateMessageAsync(account, file.Target.Chat, message, file, ct);
        return sent.Id;
    });

    public async Task<string> ProbeAsync(string account, CancellationToken ct)
    {
        var settings = Find(account) ?? throw new ChannelRefusedException($"channels.discord.{account} is not set.");
        try
        {
            var bot = await api.GetMeAsync(settings, ct);
            return $"@{bot.Username}";
        }
        catch (DiscordException e)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    public async Task ShowTypingAsync(ReplyTarget target, CancellationToken ct)
    {
        if (Find(target.Account) is { } account && DiscordId.Is(target.Chat))
        {
            await api.ShowTypingAsync(account, target.Chat, ct);
        }
    }

    public async Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct)
    {
        if (Find(target.Account) is { } account)
        {
            await api.ReactAsync(account, target.Chat, messageId, emoji, ct);
        }
    }

    private async Task<SendOutcome> TryAsync(ReplyTarget target, Func<DiscordAccountConfig, Task<string>> send)
    {
        if (Find(target.Account) is not { } account)
        {
            return SendOutcome.Refused($"channels.discord.{target.Account} is not set.");
        }

        if (!DiscordId.Is(target.Chat))
        {
            return SendOutcome.Refused($"'{target.Chat}' is no id of a channel of Discord.");
        }

        try
        {
            return SendOutcome.Sent(await send(account));
        }
        catch (DiscordException e)
        {
            return e.Error.Status is 429 or >= 500 or 401 ? SendOutcome.Later(e.Message, e.Error.RetryAfter) : SendOutcome.Refused(e.Message);
        }
        catch (HttpRequestException e)
        {
            return SendOutcome.Later($"Discord cannot be reached: {e.Message}");
        }
    }

    /// <summary>Puts the beginning of an answer in the place of the sign that a command has come; null where there is no such sign, or that fails.</summary>
    private async Task<string?> TryReplyAsync(DiscordAccountConfig account, OutboundPiece piece, CancellationToken ct)
    {
        if (piece.Number != 1 || await interactions.TakeAsync(piece.MessageId) is not { } interaction)
        {
            return null;
        }

        try
        {
            var sent = await api.EditReplyAsync(account, interaction, new EditMessage(TextOf(piece)) { Components = ButtonsOf(piece) }, ct);
            return sent.Id;
        }
        catch (Exception e) when (e is DiscordException or HttpRequestException)
        {
            await interactions.WithdrawAsync(account, interaction, ct); // also where it was replaced, and nobody said so
            return null;
        }
    }

    private static CreateMessage MessageOf(string text, string key, string? answered) =>
        new(text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..MaxNonceChars])
        {
            MessageReference = answered is null ? null : new MessageReference(answered),
        };

    private static IReadOnlyList<ButtonRow>? ButtonsOf(OutboundPiece piece) => piece.Choices.Count == 0 ? null :
    [
        .. piece.Choices.Take(ButtonRow.Most * ButtonRow.Most).Chunk(ButtonRow.Most)
            .Select(row => new ButtonRow([.. row.Select(choice => new DiscordButton(choice.Label, choice.Command))])),
    ];

    /// <summary>The piece in the markup of Discord; where that makes it too long, as it is, for it is Markdown too.</summary>
    private static string TextOf(OutboundPiece piece) => DiscordMarkup.Of(piece.Text) is { Length: > 0 and <= MaxChars } text ? text : piece.Text;

    private DiscordAccountConfig? Find(string account) =>
        config.Current.Config.Channels.Discord.GetValueOrDefault(account) is { } found && found.Runs() ? found : null;
}
