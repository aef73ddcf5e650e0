using System.Security.Cryptography;
using System.Text;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Slack;

/// <summary>Apps of Slack. Slack shows no message with the one that it answers, but for threads: an answer goes where the question was.</summary>
internal sealed class SlackChannel(SlackIntake intake, SlackApi api, ConfigStore config) : IChannel, IProbedChannel, IFileChannel, IEditingChannel, IReactingChannel
{
    public const string ChannelName = "slack";

    /// <summary>The longest text of a message: five times as long, when each of its characters is escaped, it is cut by Slack.</summary>
    public const int MaxChars = 8000; // as OpenClaw cuts (08-channels § 3)

    private const long MaxFileBytes = 1024 * 1024 * 1024; // slack.com/help: add files to Slack

    private static readonly TimeSpan EditPace = TimeSpan.FromSeconds(1.5); // docs.slack.dev/apis/web-api/rate-limits: about 50 times a minute

    public string Name => ChannelName;

    public string Label => "Slack";

    public TimeSpan LongestSilence => TimeSpan.FromSeconds(120);

    public int MaxCharsFor(ReplyTarget target) => Math.Min(MaxChars, Find(target.Account)?.TextChunkLimit ?? MaxChars);

    public long MaxFileBytesFor(ReplyTarget target) => IsPerson(target) ? 0 : MaxFileBytes;

    public TimeSpan? EditPaceFor(ReplyTarget target) => IsPerson(target) ? null : EditPace;

    public Task RunAsync(IChannelDoor door, CancellationToken ct) => intake.RunAsync(door, ct);

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async account =>
    {
        var text = SlackMrkdwn.Of(piece.Text);
        var message = new PostMessage(piece.Target.Chat, text)
        {
            ThreadTs = piece.Target.Thread,
            ClientMsgId = IdOf(piece.IdempotencyKey),
            Blocks = SlackBlocks.Of(text, piece.Choices),
        };
        return (await api.PostAsync(account, message, ct)).Ts;
    });

    public Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async account =>
    {
        var text = SlackMrkdwn.Of(piece.Text);
        await api.UpdateAsync(account, new UpdateMessage(piece.Target.Chat, messageId, text) { Blocks = SlackBlocks.Of(text, piece.Choices) }, ct);
        return messageId;
    });

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => TryAsync(file.Target, async account =>
    {
        var upload = await api.OpenUploadAsync(account, file.Name, file.Content.Length, ct);
        await api.UploadAsync(account, upload.UploadUrl, file.Content, ct);
        await api.CompleteUploadAsync(account, new CompleteUpload([new UploadedFile(upload.FileId!, file.Name)], file.Target.Chat) { ThreadTs = file.Target.Thread }, ct);
        return upload.FileId;
    });

    public async Task<string> ProbeAsync(string account, CancellationToken ct)
    {
        var settings = Find(account) ?? throw new ChannelRefusedException($"channels.slack.{account} is not set.");
        try
        {
            var bot = await api.TestAsync(settings, ct);
            return $"@{bot.User} of {bot.Team}";
        }
        catch (SlackException e)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    public async Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct)
    {
        if (Find(target.Account) is { } account && SlackEmoji.NameOf(emoji) is { } name)
        {
            await api.AddReactionAsync(account, new AddReaction(target.Chat, messageId, name), ct);
        }
    }

    private async Task<SendOutcome> TryAsync(ReplyTarget target, Func<SlackAccountConfig, Task<string?>> send)
    {
        if (Find(target.Account) is not { } account)
        {
            return SendOutcome.Refused($"channels.slack.{target.Account} is not set.");
        }

        try
        {
            return SendOutcome.Sent(await send(account));
        }
        catch (SlackException e)
        {
            return e.IsForNow || e.IsOfAccount ? SendOutcome.Later(e.Message, e.RetryAfter) : SendOutcome.Refused(e.Message);
        }
        catch (HttpRequestException e)
        {
            return SendOutcome.Later($"Slack cannot be reached: {e.Message}");
        }
    }

    /// <summary>To a person a message can be sent; the conversation with him, where files go and messages are changed, has another name.</summary>
    private static bool IsPerson(ReplyTarget target) => target.Chat is ['U' or 'W', ..];

    /// <summary>The same id each time for the same piece.</summary>
    private static Guid IdOf(string key) => new(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));

    private SlackAccountConfig? Find(string account) => SlackIntake.Account(config, account);
}
