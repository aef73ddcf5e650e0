using System.Text;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions;

/// <summary>A message that was taken in, or recognised.</summary>
/// <param name="Turn">The turn that answers it, not yet in its lane, or a command's, which is over; null when the message came before.</param>
internal readonly record struct Intake(Acceptance Acceptance, Turn? Turn)
{
    /// <summary>Puts the turn into its lane, or tells what the command replied: once the sender has heard that the message was taken in.</summary>
    public Action? Begin { get; init; }

    /// <summary>The runs that a command stopped; null for every other message.</summary>
    public IReadOnlyList<string>? Stopped { get; init; }

    /// <summary>What the sender is told.</summary>
    public string Status => Acceptance switch
    {
        Acceptance.New => "started",
        Acceptance.InFlight => "in_flight",
        _ => "ok",
    };
}

/// <summary>The one door through which messages reach a session: durable first, then into the lane.</summary>
internal sealed partial class ChatIntake(
    Inbox inbox, SessionTable sessions, Lanes lanes, QueueRules rules, CommandDesk commands, Lifecycle lifecycle, TimeProvider time, ILogger<ChatIntake> logger)
{
    /// <summary>The channel of what clients send.</summary>
    public const string OfClients = "webchat";

    /// <summary>The longest message, in bytes of UTF-8.</summary>
    public const int MaxContentBytes = 1024 * 1024;

    /// <summary>Takes in what a client sends: see <see cref="AcceptAsync(InboundMessage, Commander?, TurnWishes?, string?, Uploads?)"/>.</summary>
    public ValueTask<Intake> AcceptAsync(
        SessionKey session,
        string runId,
        string content,
        string sender,
        Commander? commander = null,
        TurnWishes? wishes = null,
        string? queueMode = null,
        Uploads? files = null)
    {
        var message = new InboundMessage(runId, session, content, OfClients, sender, time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            Attachments = files?.Attachments ?? [],
        };
        return AcceptAsync(message, commander, wishes, queueMode, files);
    }

    /// <summary>Takes a message in. Returns when it is on disk; the caller lets its turn begin.</summary>
    /// <param name="message">The message.</param>
    /// <param name="commander">Who commands the gateway by it; null when the text goes to the agent whatever it is, as it does with files.</param>
    /// <param name="wishes">What is wanted of this run alone.</param>
    /// <param name="queueMode">What becomes of it while the session is busy; null for the session's.</param>
    /// <param name="files">The files that come with it; they are on disk before it is.</param>
    /// <remarks>Not cancellable: a message that reached the disk must reach its lane, even if its sender has gone.</remarks>
    /// <exception cref="RpcException">The gateway stops, the lane is full, or the disk refuses.</exception>
    public async ValueTask<Intake> AcceptAsync(
        InboundMessage message, Commander? commander = null, TurnWishes? wishes = null, string? queueMode = null, Uploads? files = null)
    {
        using var scope = logger.BeginScope(new MessageScope(message));
        if (lifecycle.Phase != LifecyclePhase.Running)
        {
            var reason = lifecycle.IsStopping ? "the gateway is stopping" : "the gateway is starting";
            throw new RpcException(new RpcError(RpcErrorKind.Unavailable, reason) { RetryAfterMs = 1000 });
        }

        if (Encoding.UTF8.GetByteCount(message.Content) > MaxContentBytes)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"the message is longer than {MaxContentBytes} bytes");
        }

        try
        {
            var taken = await TakeAsync(message, commander, new MessageWishes(wishes ?? new TurnWishes(), queueMode), files);
            return taken.Acceptance == Acceptance.Conflict
                ? throw new RpcException(RpcErrorKind.InvalidRequest, $"another message was already sent with the idempotency key {message.RunId}")
                : taken;
        }
        catch (JournalWriteException e)
        {
            Log.NotWritten(logger, message.Session.Value, e.Message);
            throw new RpcException(RpcErrorKind.Unavailable, "the message could not be written to disk and was not accepted; is the disk full?");
        }
    }

    /// <summary>Takes in what a session has to be told that nobody would tell it again: also while the gateway starts or stops.</summary>
    /// <returns>Null where too much waits or the disk refuses: it has to be tried again.</returns>
    public async ValueTask<Intake?> TryTakeAsync(InboundMessage message, TurnWishes wishes)
    {
        try
        {
            return await TakeInAsync(message, wishes, rules.For(message, null), files: null);
        }
        catch (Exception e) when (e is RpcException or JournalWriteException)
        {
            return null;
        }
    }

    private async ValueTask<Intake> TakeAsync(InboundMessage message, Commander? commander, MessageWishes wanted, Uploads? files)
    {
        if (commander is not null && files is null)
        {
            if (await commands.TakeAsync(message, commander) is { } done)
            {
                return done;
            }

            (message, wanted) = commands.TakeOff(message, commander, wanted);
        }

        return await TakeInAsync(message, wanted.Run, rules.For(message, wanted.QueueMode), files);
    }

    private async ValueTask<Intake> TakeInAsync(InboundMessage message, TurnWishes wishes, QueueSettings queue, Uploads? files)
    {
        message = Traces.Here is { } trace ? message with { TraceParent = trace } : message;

        // First, for a message that is known needs no place.
        var acceptance = await inbox.RecogniseAsync(message) ?? await ReserveAsync(message, wishes, queue, files);
        if (acceptance != Acceptance.New)
        {
            return new Intake(acceptance, null);
        }

        var turn = new Turn(message) { Wishes = wishes, Queue = queue, SpawnedBy = sessions.Find(message.Session)?.Spawn?.By };
        lanes.Expect(turn);
        return new Intake(acceptance, turn) { Begin = () => lanes.Enqueue(turn) };
    }

    private async ValueTask<Acceptance> ReserveAsync(InboundMessage message, TurnWishes wishes, QueueSettings queue, Uploads? files)
    {
        if (lanes.Reserve(message, queue) is not Reservation.Made and var full)
        {
            var problem = full == Reservation.LaneFull
                ? $"{queue.Cap} messages already wait in this session; try again when the present run has ended"
                : "too much already waits in all sessions together; try again when some runs have ended";
            throw new RpcException(new RpcError(RpcErrorKind.TooMany, problem) { RetryAfterMs = 5000 });
        }

        var acceptance = default(Acceptance?);
        try
        {
            await (files?.SaveAsync() ?? Task.CompletedTask);
            await sessions.GetOrCreateAsync(message.Session, CancellationToken.None);
            acceptance = await inbox.AcceptAsync(message, wishes, queue);
            return acceptance.Value;
        }
        finally
        {
            if (acceptance != Acceptance.New)
            {
                lanes.Release(message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Error, "A message to session {Session} was refused because it could not be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string session, string reason);
    }
}
