using System.Text;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions;

/// <summary>A message that was taken in, or recognised.</summary>
/// <param name="Turn">The turn that answers it, not yet in its lane; null when the message came before.</param>
internal readonly record struct Intake(Acceptance Acceptance, Turn? Turn);

/// <summary>The one door through which messages reach a session: durable first, then into the lane.</summary>
internal sealed partial class ChatIntake(
    Inbox inbox, SessionTable sessions, Lanes lanes, Lifecycle lifecycle, TimeProvider time, ILogger<ChatIntake> logger)
{
    /// <summary>The longest message, in bytes of UTF-8.</summary>
    public const int MaxContentBytes = 1024 * 1024;

    /// <summary>Takes a message in. Returns when it is on disk; the caller puts the turn into its lane.</summary>
    /// <remarks>Not cancellable: a message that reached the disk must reach its lane, even if its sender has gone.</remarks>
    /// <exception cref="RpcException">The gateway stops, the lane is full, or the disk refuses.</exception>
    public async ValueTask<Intake> AcceptAsync(SessionKey session, string runId, string content, string sender)
    {
        if (lifecycle.Phase != LifecyclePhase.Running)
        {
            var reason = lifecycle.IsStopping ? "the gateway is stopping" : "the gateway is starting";
            throw new RpcException(new RpcError(RpcErrorKind.Unavailable, reason) { RetryAfterMs = 1000 });
        }

        if (Encoding.UTF8.GetByteCount(content) > MaxContentBytes)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"the message is longer than {MaxContentBytes} bytes");
        }

        if (!lanes.TryReserve(session))
        {
            var problem = $"{Lanes.MaxWaiting} messages already wait in this session; try again when the present run has ended";
            throw new RpcException(new RpcError(RpcErrorKind.TooMany, problem) { RetryAfterMs = 5000 });
        }

        var message = new InboundMessage(runId, session, content, "webchat", sender, time.GetUtcNow().ToUnixTimeMilliseconds());
        var acceptance = default(Acceptance?);
        try
        {
            await sessions.GetOrCreateAsync(session, CancellationToken.None);
            acceptance = await inbox.AcceptAsync(message);
        }
        catch (JournalWriteException e)
        {
            Log.NotWritten(logger, session.Value, e.Message);
            throw new RpcException(RpcErrorKind.Unavailable, "the message could not be written to disk and was not accepted; is the disk full?");
        }
        finally
        {
            if (acceptance != Acceptance.New)
            {
                lanes.Release(session);
            }
        }

        return acceptance switch
        {
            Acceptance.New => new Intake(Acceptance.New, new Turn(message)),
            Acceptance.Conflict => throw new RpcException(
                RpcErrorKind.InvalidRequest, $"another message was already sent with the idempotency key {runId}"),
            var known => new Intake(known!.Value, null),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Error, "A message to session {Session} was refused because it could not be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string session, string reason);
    }
}
