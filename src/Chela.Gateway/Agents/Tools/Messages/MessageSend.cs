using Chela.Contracts.Messages;
using Chela.Contracts.Tools;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Agents.Tools.Messages;

/// <summary>Why nothing can be sent to a target; null where it can.</summary>
internal delegate string? TargetRefusal(ReplyTarget target);

/// <summary>The tool that sends a text to people on a channel: it is in the outbox, on disk, before the model hears that it was sent.</summary>
internal sealed class MessageSend
{
    private const string Kind = "message.send";

    private readonly Outbox _outbox;
    private readonly TargetRefusal _refusal;
    private readonly TimeProvider _time;

    public MessageSend(Outbox outbox, TargetRefusal refusal, TimeProvider time)
    {
        (_outbox, _refusal, _time) = (outbox, refusal, time);
        Tool = new Tool<MessageSendArguments>(
            Kind,
            "Sends a text to a conversation on a channel. Your answer goes to whoever wrote to you by itself: use this for others.",
            SendJson.Default.MessageSendArguments,
            SendAsync);
    }

    /// <summary>What models are offered.</summary>
    public ITool Tool { get; }

    private async Task<ToolResult> SendAsync(MessageSendArguments arguments, ToolContext context, CancellationToken ct)
    {
        var target = new ReplyTarget(arguments.Channel, arguments.Account, arguments.Chat);
        if (_refusal(target) is { } problem)
        {
            throw new ToolRefusal(problem);
        }

        if (string.IsNullOrWhiteSpace(arguments.Text) || target.Chat.Any(char.IsControl))
        {
            throw new ToolRefusal("The text is blank, or the conversation has control characters in its name.");
        }

        if (!_outbox.HasRoomFor(target))
        {
            throw new ToolRefusal("Too many messages wait already. Try again later.");
        }

        var id = SendLimits.IdOf(Kind, context, target.Channel, target.Account, target.Chat, arguments.Text);
        var message = new OutboundMessage(id, target, arguments.Text, _time.GetUtcNow().ToUnixTimeMilliseconds());
        return await _outbox.TryEnqueueAsync(message)
            ? new ToolResult("It is on its way.")
            : throw new ToolRefusal("It could not be written to disk, and was not sent.");
    }
}
