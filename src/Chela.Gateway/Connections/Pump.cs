using System.Net.WebSockets;
using Chela.Gateway.Rpc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>The reading side of a connection: login first, then frame after frame until one side says goodbye.</summary>
internal sealed partial class Pump(
    IEnumerable<ILogin> logins,
    Dispatcher dispatcher,
    ConnectionTable connections,
    EventFanout events,
    Arrivals arrivals,
    ObjectPool<FrameWriter> writers,
    TimeProvider time,
    ILogger<Pump> logger)
{
    /// <summary>Reading pauses while this many bytes wait to be sent, so that a client that does not read slows only itself.</summary>
    private const int PauseAboveBytes = 256 * 1024;

    /// <summary>A client that always has the next frame ready is served so many at a time; then others have a turn.</summary>
    private const int FramesInARow = 64;

    /// <summary>Serves a connection to its end. Does not throw.</summary>
    public async Task RunAsync(Connection connection, LoginRequest request)
    {
        using var scope = logger.BeginScope(connection);
        using var receiver = new FrameReceiver(connection.Socket.Socket);
        var calls = new CallRunner(connection, dispatcher, events, writers);
        connections.Add(connection);
        try
        {
            var login = logins.Single(candidate => candidate.Dialect == connection.Dialect.Name);
            if (await login.RunAsync(connection, request, receiver, calls))
            {
                calls.Join(); // a login in the upgrade request has no answer
                await ServeAsync(connection, receiver, calls);
            }

            await FarewellAsync(connection, receiver);
        }
        catch (Exception e) when (IsDisconnect(e))
        {
            Log.Lost(logger, connection.Id, e.Message);
            if (!connection.IsCutOff && e is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted })
            {
                await DrainAsync(connection); // the framework has said goodbye itself: a frame that breaks the protocol
            }
        }
        finally
        {
            connections.Remove(connection);
            events.Leave(connection);
            arrivals.Leave(connection);
            await connection.Aborted.CancelAsync();
        }
    }

    private static async Task ServeAsync(Connection connection, FrameReceiver receiver, CallRunner calls)
    {
        for (var frame = 1; ; frame++)
        {
            if (frame % FramesInARow == 0)
            {
                await Task.Yield();
            }

            await connection.Outbound.WhenBelowAsync(PauseAboveBytes);
            var limit = connection.Caller.IsAuthenticated ? connection.Limits.MaxPayload : connection.Limits.MaxPayloadBeforeAuth;
            var received = await receiver.ReceiveAsync(limit, connection.Outbound.Send, CancellationToken.None);
            if (received.End is { } cause)
            {
                connection.Close(cause);
                return;
            }

            calls.Start(connection.Dialect.Read(received.Payload));
        }
    }

    /// <summary>Reads on, without listening, until the other side has answered the goodbye; the sweeper ends a wait too long.</summary>
    private static async Task FarewellAsync(Connection connection, FrameReceiver receiver)
    {
        connection.Outbound.Send();
        while (connection.Socket.Socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            var received = await receiver.ReceiveAsync(connection.Limits.MaxPayload, connection.Outbound.Send, CancellationToken.None);
            if (received.End is not null)
            {
                break;
            }
        }

        await connection.Outbound.WhenBelowAsync(1);
    }

    /// <summary>
    /// Reads what is still coming, for a moment: a socket closed with unread data is reset, and the client would never see the
    /// close frame that says what it did wrong.
    /// </summary>
    private async Task DrainAsync(Connection connection)
    {
        using var grace = new CancellationTokenSource(Sweeper.CloseGrace, time);
        var waste = new byte[4096];
        try
        {
            while (await connection.Socket.Stream.ReadAsync(waste, grace.Token) > 0)
            {
                // Nobody listens any more.
            }
        }
        catch (Exception e) when (IsDisconnect(e))
        {
            // Gone, or still sending when the moment is over.
        }
    }

    private static bool IsDisconnect(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    private static partial class Log
    {
        [LoggerMessage(1200, LogLevel.Debug, "Connection {Connection} was lost: {Reason}")]
        public static partial void Lost(ILogger logger, string connection, string reason);
    }
}
