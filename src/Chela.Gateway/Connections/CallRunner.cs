using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>The calls of one connection: started in the order of their frames, answered as they finish, bounded in number.</summary>
internal sealed class CallRunner(Connection connection, Dispatcher dispatcher, EventFanout events, ObjectPool<FrameWriter> writers) : IInterimAnswers
{
    private static readonly RpcError Closed = new(RpcErrorKind.Unavailable, "this connection is closing");

    /// <summary>Starts the calls of a frame. What finishes at once is answered at once; the rest when it is done.</summary>
    public void Start(WireFrame frame)
    {
        if (connection.Stream.Hold is not null && !IsResume(frame))
        {
            events.Release(connection); // it does not ask for an earlier stream
        }

        if (frame.IsBatch)
        {
            _ = AnswerBatchAsync(CallBatch.Own(frame.Calls.Span));
            return;
        }

        foreach (ref readonly var call in frame.Calls.Span)
        {
            var context = new CallContext(call.Method, connection.Caller, connection)
            {
                Id = call.Id,
                TraceParent = call.TraceParent,
                Interim = connection.Dialect.AnswersTwice ? this : null,
            };
            var outcome = Invoke(call, context);
            if (outcome.IsCompletedSuccessfully)
            {
                Answer(call.Id, outcome.Result, context);
            }
            else
            {
                _ = AnswerLaterAsync(call.Id, outcome, context); // never throws: the dispatcher is the boundary
            }
        }
    }

    /// <summary>Answers without a call, for example during the handshake.</summary>
    public void Answer(byte[]? id, in Outcome outcome)
    {
        if (id is not null && outcome.Answer != Rpc.Answer.Silence)
        {
            var writer = writers.Get();
            connection.Dialect.WriteOutcome(writer.Json, id, outcome);
            Enqueue(writer);
        }

        Join();
    }

    /// <summary>Once the login is answered, the client hears of events.</summary>
    public void Join()
    {
        if (connection.HasToJoin)
        {
            events.Join(connection);
        }
    }

    private static bool IsResume(in WireFrame frame) => frame is { IsBatch: false, Calls.Length: 1 } && frame.Calls.Span[0].Method == EventMethods.Resume;

    public void Send(byte[] id, Answer answer)
    {
        Answer(id, answer);
        connection.Outbound.SendSoon();
    }

    private ValueTask<Outcome> Invoke(in WireCall call, CallContext context)
    {
        if (call.Error is { } error)
        {
            return new(error);
        }

        if (connection.Outbound.IsClosed)
        {
            return new(Closed); // also behind a call that ended the connection: its caller may have lost the right to call
        }

        if (connection.Calls.Count >= connection.Limits.MaxInFlight)
        {
            return new(new RpcError(RpcErrorKind.Unavailable, "server is busy") { RetryAfterMs = 500 });
        }

        return dispatcher.InvokeAsync(connection.Dialect.Name, call.Parameters.Span, context, connection.Aborted.Token);
    }

    private async Task AnswerLaterAsync(byte[]? id, ValueTask<Outcome> pending, CallContext context)
    {
        connection.Calls.Enter();
        Answer(id, await pending, context);
        connection.Outbound.Send();
        connection.Calls.Leave();
    }

    /// <summary>Counts as one call, however many it holds: they run one at a time. Never throws, as above.</summary>
    private async Task AnswerBatchAsync(IReadOnlyList<WireCall> calls)
    {
        connection.Calls.Enter();
        var contexts = new List<CallContext>(calls.Count);
        var writer = writers.Get();
        var batch = new CallBatch(connection.Dialect, connection.Limits.MaxBufferedBytes / CallBatch.ShareOfBuffer);
        var hasAnswer = await batch.RunAsync(
            calls,
            call =>
            {
                contexts.Add(new CallContext(call.Method, connection.Caller, connection) { TraceParent = call.TraceParent });
                return Invoke(call, contexts[^1]);
            },
            writer);
        if (hasAnswer)
        {
            Enqueue(writer);
        }
        else
        {
            writers.Return(writer);
        }

        Join();
        contexts.ForEach(context => context.Answered());
        connection.Outbound.Send();
        connection.Calls.Leave();
    }

    private void Answer(byte[]? id, in Outcome outcome, CallContext context)
    {
        Answer(id, outcome);
        context.Answered();
    }

    private void Enqueue(FrameWriter writer)
    {
        var (rented, length) = writer.Detach();
        writers.Return(writer);
        if (!connection.Outbound.TryAdd(rented, length) && !connection.Outbound.IsClosed)
        {
            connection.Close(CloseCause.SlowConsumer);
        }
    }
}
