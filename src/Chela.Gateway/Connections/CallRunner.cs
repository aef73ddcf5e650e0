using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>The calls of one connection: started in the order of their frames, answered as they finish, bounded in number.</summary>
internal sealed class CallRunner(Connection connection, Dispatcher dispatcher, ObjectPool<FrameWriter> writers)
{
    private int _inFlight;

    /// <summary>Starts the calls of a frame. What finishes at once is answered at once; the rest when it is done.</summary>
    public void Start(WireFrame frame)
    {
        if (frame.IsBatch)
        {
            StartBatch(frame.Calls.Span);
            return;
        }

        foreach (ref readonly var call in frame.Calls.Span)
        {
            var context = new CallContext(call.Method, connection.Caller, connection);
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
        if (id is not null)
        {
            var writer = writers.Get();
            connection.Dialect.WriteOutcome(writer.Json, id, outcome);
            Enqueue(writer);
        }
    }

    private ValueTask<Outcome> Invoke(in WireCall call, CallContext context)
    {
        if (call.Error is { } error)
        {
            return new(error);
        }

        if (Volatile.Read(ref _inFlight) >= connection.Limits.MaxInFlight)
        {
            return new(new RpcError(RpcErrorKind.Unavailable, "server is busy") { RetryAfterMs = 500 });
        }

        return dispatcher.InvokeAsync(connection.Dialect.Name, call.Parameters.Span, context, connection.Aborted.Token);
    }

    private async Task AnswerLaterAsync(byte[]? id, ValueTask<Outcome> pending, CallContext context)
    {
        Interlocked.Increment(ref _inFlight);
        var outcome = await pending;
        Interlocked.Decrement(ref _inFlight);
        Answer(id, outcome, context);
        connection.Outbound.Send();
    }

    private void StartBatch(ReadOnlySpan<WireCall> calls)
    {
        var started = new List<(byte[]? Id, Task<Outcome> Outcome, CallContext Context)>(calls.Length);
        foreach (ref readonly var call in calls)
        {
            var context = new CallContext(call.Method, connection.Caller, connection);
            started.Add((call.Id, Invoke(call, context).AsTask(), context));
        }

        _ = AnswerBatchAsync(started); // never throws, as above
    }

    private async Task AnswerBatchAsync(List<(byte[]? Id, Task<Outcome> Outcome, CallContext Context)> started)
    {
        Interlocked.Add(ref _inFlight, started.Count);
        var outcomes = new List<(byte[] Id, Outcome Outcome)>(started.Count);
        foreach (var (id, pending, _) in started)
        {
            var outcome = await pending;
            if (id is not null)
            {
                outcomes.Add((id, outcome));
            }
        }

        Interlocked.Add(ref _inFlight, -started.Count);
        if (outcomes.Count > 0)
        {
            var writer = writers.Get();
            writer.Json.WriteStartArray();
            outcomes.ForEach(answer => connection.Dialect.WriteOutcome(writer.Json, answer.Id, answer.Outcome));
            writer.Json.WriteEndArray();
            Enqueue(writer);
        }

        started.ForEach(call => call.Context.Answered());
        connection.Outbound.Send();
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
