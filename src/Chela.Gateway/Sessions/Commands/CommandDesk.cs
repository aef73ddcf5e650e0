using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>
/// Does what people tell the gateway in place of running an agent: each message once, whoever sends it again. A command is acknowledged when
/// its effect and its reply are on disk; of one that a dying process did not acknowledge nothing is remembered, and it may be sent again: a
/// reply that is in the outbox by then is not put there once more, nor is a conversation begun anew that was.
/// </summary>
internal sealed partial class CommandDesk(
    CommandTable table, Inbox inbox, Outbox outbox, Runs runs, EventBus events, TimeProvider time, ILogger<CommandDesk> logger)
{
    private static readonly TokenUsage NoTokens = new(0, 0, 0);
    private static readonly CommandReply Silence = new("");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);

    /// <summary>Does what the message says; null when it is for the agent.</summary>
    /// <exception cref="RpcException">The sender may not, or it cannot be done.</exception>
    public async ValueTask<Intake?> TakeAsync(InboundMessage message, Commander commander)
    {
        var mayCommand = commander.Caller.Holds(OperatorScopes.Write);
        if ((table.Find(message.Content) ?? FindImpossible(message, commander)) is not (var command, var argument) || (!mayCommand && !CommandTable.IsWritten(message.Content)))
        {
            return null; // who may not command can say stop to the agent
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (Enter(message.RunId, done.Task) is { } other)
        {
            await other;
        }

        try
        {
            return await inbox.RecogniseAsync(message) is { } known
                ? new Intake(known, null)
                : await EndAsync(message, await ReplyAsync(command, new CommandCall(message, argument, commander)));
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(message.RunId);
            }

            done.SetResult();
        }
    }

    /// <summary>Takes the commands off that stand in front of a longer message; they count for it alone. Of who may not command it stays as it is.</summary>
    /// <exception cref="RpcException">One of them cannot be.</exception>
    public (InboundMessage Message, MessageWishes Wishes) TakeOff(InboundMessage message, Commander commander, MessageWishes wishes)
    {
        var (inFront, rest) = table.Split(message.Content);
        return inFront.Count == 0 || !commander.Caller.Holds(OperatorScopes.Write)
            ? (message, wishes)
            : (message with { Content = rest },
                inFront.Aggregate(wishes, (all, one) => one.Command.InFront!(new CommandCall(message, one.Value, commander), all)));
    }

    /// <summary>A command in front of a longer message that cannot be: where a channel brings it, that is the reply, and no agent reads the message.</summary>
    private (ChatCommand Command, string Argument)? FindImpossible(InboundMessage message, Commander commander)
    {
        if (message.Origin is null)
        {
            return null;
        }

        try
        {
            TakeOff(message, commander, new MessageWishes(new TurnWishes(), null));
            return null;
        }
        catch (RpcException e)
        {
            return (new ChatCommand("", "", "", _ => throw e), "");
        }
    }

    /// <summary>What there is to say: nothing where the sender may not command, or the reply is in the outbox of a process that died then.</summary>
    private async Task<CommandReply> ReplyAsync(ChatCommand command, CommandCall call)
    {
        if (!call.Commander.Caller.Holds(OperatorScopes.Write))
        {
            Log.Ignored(logger, command.Name, call.Message.RunId, call.Session.Value);
            return Silence;
        }

        return call.Message.ReplyTo is not null && outbox.Knows(call.Message.RunId) ? Silence : await DoAsync(command, call);
    }

    private static async Task<CommandReply> DoAsync(ChatCommand command, CommandCall call)
    {
        try
        {
            if (command.IsNewBeginning && !call.Commander.Caller.Holds(call.Commander.NewBeginning))
            {
                throw new RpcException(ScopeCheck.Missing(call.Commander.NewBeginning));
            }

            return command.Argument is null && call.Argument.Length > 0
                ? new CommandReply($"/{command.Name} stands alone; nothing was done.")
                : await command.RunAsync(call);
        }
        catch (RpcException e) when (call.Message.Origin is not null && e.Error.Kind != RpcErrorKind.Unavailable)
        {
            return new CommandReply($"Nothing was done: {e.Message}"); // the person is told, not the channel, which has done its part
        }
    }

    /// <summary>Puts the reply into the outbox where there is one, then notes that the message is over: a reply cannot get lost in between.</summary>
    private async Task<Intake> EndAsync(InboundMessage message, CommandReply reply)
    {
        var result = new TurnResult(TurnStatus.Done, reply.Text, NoTokens, null, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (message.ReplyTo is { } target && reply != Silence
            && !await outbox.TryEnqueueAsync(new OutboundMessage(message.RunId, target, result.Text, result.EndedAtMs)))
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the reply could not be written to disk; is the disk full?");
        }

        await inbox.EndAsync(message, result.Text, result.EndedAtMs);
        var turn = new Turn(message);
        await runs.CarryAsync(turn, (_, _) =>
        {
            turn.Complete(result);
            return Task.CompletedTask;
        }, CancellationToken.None);
        return new Intake(Acceptance.Finished, turn) { Begin = reply == Silence ? null : () => Tell(turn, result), Stopped = reply.Stopped };
    }

    private Task? Enter(string runId, Task done)
    {
        lock (_gate)
        {
            return _underWay.TryAdd(runId, done) ? null : _underWay[runId];
        }
    }

    /// <summary>Tells the reply as that of an agent is told, so that every client shows it.</summary>
    private void Tell(Turn turn, TurnResult result)
    {
        events.Publish(new ChatDeltaEvent(turn, 1, 0, result.Text, result.EndedAtMs));
        events.Publish(new ChatEndEvent(turn, 2, result, null));
    }

    private static partial class Log
    {
        [LoggerMessage(1311, LogLevel.Information, "The command /{Command} (run {Run}) in session {Session} was ignored: its sender may not command (commands.ownerAllowFrom, commands.allowFrom)")]
        public static partial void Ignored(ILogger logger, string command, string run, string session);
    }
}
