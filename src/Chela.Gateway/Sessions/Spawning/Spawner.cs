using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Spawning;

/// <summary>
/// Gives sub-agents their tasks, each in a session of its own. That the session exists, and where it comes from, is on disk before its task is.
/// What it does has the rights of the channel that its parent's run came from.
/// </summary>
/// <param name="intake">Takes the tasks in. It leads back to the runs, which lead here: hence late.</param>
/// <param name="sessions">Where sessions come from.</param>
/// <param name="tree">For what.</param>
/// <param name="time">The clock.</param>
internal sealed class Spawner(Lazy<ChatIntake> intake, SessionTable sessions, SpawnTree tree, TimeProvider time)
{
    /// <summary>Has a task taken in; the caller lets it begin. The same order given again is recognised.</summary>
    /// <param name="parent">The run on whose behalf.</param>
    /// <param name="order">The task.</param>
    /// <exception cref="RpcException">It was not taken in.</exception>
    public async Task<Intake> SpawnAsync(Turn parent, SpawnOrder order)
    {
        try
        {
            var isNew = await sessions.TryAddAsync(order.Session, EntryOf(parent, order));
            try
            {
                var message = new InboundMessage(
                    order.RunId, order.Session, order.Task, parent.Message.Channel, SessionSender.Of(parent.Session.Value), NowMs());
                var taken = await intake.Value.AcceptAsync(message, wishes: order.Wishes);
                if (parent.Aborted.IsCancellationRequested)
                {
                    taken.Turn?.AbortUnheard(); // what stopped the parent may not have seen it yet
                }

                return taken;
            }
            catch (RpcException) when (isNew)
            {
                await sessions.RemoveAsync(order.Session);
                throw;
            }
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the session could not be written to disk; is the disk full?");
        }
    }

    private SessionEntry EntryOf(Turn parent, SpawnOrder order)
    {
        var own = sessions.Find(parent.Session);
        return new SessionEntry(order.Session.Value, Guid.NewGuid().ToString(), NowMs())
        {
            ModelOverride = order.Model,
            Spawn = new Spawn(parent.Session.Value, own?.SessionId ?? "", tree.CauseOf(parent), (own?.Spawn?.Depth ?? 0) + 1)
            {
                Label = order.Label,
                ReplyTo = parent.Message.ReplyTo,
            },
        };
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
