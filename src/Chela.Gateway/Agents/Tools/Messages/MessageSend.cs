using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools.Files;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Agents.Tools.Messages;

/// <summary>Why nothing can be sent to a target; null where it can.</summary>
internal delegate string? TargetRefusal(ReplyTarget target);

/// <summary>The tool that sends a text and files to people on a channel: they are in the outbox, on disk, before the model hears that they were sent.</summary>
internal sealed class MessageSend
{
    private const string Kind = "message.send";

    private readonly Outbox _outbox;
    private readonly AttachmentStore _store;
    private readonly Lanes _lanes;
    private readonly TargetRefusal _refusal;
    private readonly TimeProvider _time;

    public MessageSend(Outbox outbox, AttachmentStore store, Lanes lanes, TargetRefusal refusal, TimeProvider time)
    {
        (_outbox, _store, _lanes, _refusal, _time) = (outbox, store, lanes, refusal, time);
        Tool = new Tool<MessageSendArguments>(
            Kind,
            "Sends a text, files of your workspace, or both to a conversation on a channel. Your answer goes to whoever wrote to you by itself: use this for others, and for files.",
            SendJson.Default.MessageSendArguments,
            SendAsync);
    }

    /// <summary>What models are offered.</summary>
    public ITool Tool { get; }

    private async Task<ToolResult> SendAsync(MessageSendArguments arguments, ToolContext context, CancellationToken ct)
    {
        var target = TargetOf(arguments, context);
        if (_refusal(target) is { } problem)
        {
            throw new ToolRefusal(problem);
        }

        var paths = arguments.Files ?? [];
        if ((string.IsNullOrWhiteSpace(arguments.Text) && paths.Count == 0) || target.Chat.Any(char.IsControl))
        {
            throw new ToolRefusal("There is neither a text nor a file, or the conversation has control characters in its name.");
        }

        if (!_outbox.HasRoomFor(target))
        {
            throw new ToolRefusal("Too many messages wait already. Try again later.");
        }

        var files = await KeepAsync([.. paths.Select(path => Read(context, path))]);
        var id = SendLimits.IdOf(Kind, context, [target.Channel, target.Account, target.Chat, arguments.Text ?? "", .. files.Select(file => file.Sha256)]);
        var message = new OutboundMessage(id, target, arguments.Text ?? "", _time.GetUtcNow().ToUnixTimeMilliseconds()) { Files = files };
        return await _outbox.TryEnqueueAsync(message)
            ? new ToolResult("It is on its way.")
            : throw new ToolRefusal("It could not be written to disk, and was not sent.");
    }

    private ReplyTarget TargetOf(MessageSendArguments arguments, ToolContext context) => arguments switch
    {
        { Channel: { } channel, Account: { } account, Chat: { } chat } => new ReplyTarget(channel, account, chat),
        { Channel: null, Account: null, Chat: null } => _lanes.Find(context.RunId)?.Message.ReplyTo
            ?? throw new ToolRefusal("Whoever wrote to you did so on no channel: give channel, account and chat."),
        _ => throw new ToolRefusal("Give channel, account and chat, or none of them."),
    };

    private ChannelFile Read(ToolContext context, string path) => Workspace.Try(path, () =>
    {
        using var file = Workspace.Find(context.Workspace, path);
        Workspace.MustBeFile(file, path);
        return file.Size > 0 && file.Size <= _store.LongestBytes
            ? new ChannelFile(Path.GetFileName(path), null, TextFile.ReadBytes(file))
            : throw new ToolRefusal($"{WorkspacePath.Show(path)} has {file.Size} bytes; a file that is sent has 1 to {_store.LongestBytes}.");
    });

    /// <summary>Puts copies of the files where the outbox finds them, whatever becomes of the workspace.</summary>
    private async Task<IReadOnlyList<Attachment>> KeepAsync(IReadOnlyList<ChannelFile> files)
    {
        if (_store.Read(files) is not { } copies)
        {
            return [];
        }

        try
        {
            await copies.SaveAsync();
            return copies.Attachments.Count == files.Count ? copies.Attachments : throw new ToolRefusal("One of the files is too long (agents.defaults.mediaMaxMb).");
        }
        catch (RpcException refused)
        {
            throw new ToolRefusal($"It was not sent: {refused.Message}.");
        }
    }
}
