using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>
/// Does what people tell the gateway in place of running an agent: each message once, whoever sends it again. A command is acknowledged when
/// its effect and its reply are on disk; of one that a dying process did not acknowledge nothing is remembered, and it may be sent again.
/// </summary>
internal sealed class CommandDesk(CommandTable table, Inbox inbox, Runs runs, EventBus events, TimeProvider time)
{
    private static readonly TokenUsage NoTokens = new(0, 0, 0);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);

    /// <summary>Does what the message says; null when it is for the agent.</summary>
    /// <exception cref="RpcException">The sender may not, or it cannot be done.</exception>
    public async ValueTask<Intake?> TakeAsync(InboundMessage message, Commander commander)
    {
        if (table.Find(message.Content) is not (var command, var argument))
        {
            return null;
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
                : await DoAsync(command, new CommandCall(message, argument, commander));
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

    private async Task<Intake> DoAsync(ChatCommand command, CommandCall call)
    {
        if (command.IsNewBeginning && !call.Commander.Caller.Holds(call.Commander.NewBeginning))
        {
            throw new RpcException(ScopeCheck.Missing(call.Commander.NewBeginning));
        }

        var reply = command.Argument is null && call.Argument.Length > 0
            ? new CommandReply($"/{command.Name} stands alone; nothing was done.")
            : await command.RunAsync(call);
        var result = new TurnResult(TurnStatus.Done, reply.Text, NoTokens, null, time.GetUtcNow().ToUnixTimeMilliseconds());
        await inbox.EndAsync(call.Message, result.Text, result.EndedAtMs);
        var turn = new Turn(call.Message);
        await runs.CarryAsync(turn, (_, _) =>
        {
            turn.Complete(result);
            return Task.CompletedTask;
        }, CancellationToken.None);
        return new Intake(Acceptance.Finished, turn) { Begin = () => Tell(turn, result), Stopped = reply.Stopped };
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
}
