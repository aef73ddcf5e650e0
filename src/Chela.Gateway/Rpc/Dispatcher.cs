using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Rpc;

/// <summary>
/// Runs calls: whether they may, then method, then parameters, then the handler under its deadline. The boundary where an exception of a
/// method becomes an answer; what it said stays in the log.
/// </summary>
internal sealed partial class Dispatcher(
    MethodRegistry methods, CallGate gate, IAuditTrail audit, GatewayMeter meter, TimeProvider time, ILogger<Dispatcher> logger)
{
    /// <summary>Runs one call. Never throws.</summary>
    /// <param name="dialect">The caller's language.</param>
    /// <param name="parameters">Raw JSON, or empty; read before the first await.</param>
    /// <param name="context">Who is calling, and what.</param>
    /// <param name="ct">Ends with the connection.</param>
    public ValueTask<Outcome> InvokeAsync(Dialect dialect, ReadOnlySpan<byte> parameters, CallContext context, CancellationToken ct)
    {
        var began = meter.MeasuresCalls ? time.GetTimestamp() : default(long?);
        var method = methods.Find(dialect, context.Method, parameters);
        var outcome = Traces.IsWanted ? Trace(method, parameters, context, ct) : Decide(method, parameters, context, ct);
        return began is { } start ? MeasureAsync(method, outcome, start) : outcome;
    }

    private ValueTask<Outcome> Decide(RpcMethod? method, ReadOnlySpan<byte> parameters, CallContext context, CancellationToken ct) => method is { IsAudited: true }
        ? RecordAsync(method, AuditedCall.FactsOf(parameters), Admit(method, parameters, context, ct))
        : Admit(method, parameters, context, ct);

    /// <summary>Writes a call down before it is answered.</summary>
    private async ValueTask<Outcome> RecordAsync(RpcMethod method, IReadOnlyDictionary<string, string>? facts, ValueTask<Outcome> pending)
    {
        var outcome = await pending;
        var entry = AuditedCall.Entry(method, facts, outcome.Error);
        if (outcome.Error is null)
        {
            await audit.WriteAsync(entry);
        }
        else
        {
            audit.NoteRefusal(entry);
        }

        return outcome;
    }

    private ValueTask<Outcome> Admit(RpcMethod? method, ReadOnlySpan<byte> parameters, CallContext context, CancellationToken ct)
    {
        if (gate.Refusal(context, method) is { } refusal)
        {
            return new(refusal);
        }

        return method is null
            ? new(new RpcError(RpcErrorKind.UnknownMethod, $"unknown method: {context.Method}"))
            : Run(method, parameters, context, ct);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The boundary: no exception of a method may end a connection.")]
    private ValueTask<Outcome> Run(RpcMethod method, ReadOnlySpan<byte> parameters, CallContext context, CancellationToken ct)
    {
        var deadline = method.Deadline is { } limit ? new Deadline(limit, time, ct) : null;
        try
        {
            var pending = method.Invoke(parameters, context, deadline?.Token ?? ct);
            if (!pending.IsCompletedSuccessfully)
            {
                return FinishAsync(pending, method.Name, deadline, ct);
            }

            deadline?.Dispose();
            return new(pending.Result);
        }
        catch (Exception e)
        {
            var error = ErrorOf(e, method.Name, deadline, ct);
            deadline?.Dispose();
            return new(error);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The boundary: no exception of a method may end a connection.")]
    private async ValueTask<Outcome> FinishAsync(ValueTask<Answer> pending, string method, Deadline? deadline, CancellationToken ct)
    {
        try
        {
            return await pending;
        }
        catch (Exception e)
        {
            return ErrorOf(e, method, deadline, ct);
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    /// <summary>What the method begins belongs to the call; what its connection does next does not.</summary>
    private ValueTask<Outcome> Trace(RpcMethod? method, ReadOnlySpan<byte> parameters, CallContext context, CancellationToken ct)
    {
        var around = Activity.Current;
        var span = Traces.Begin(method?.Name ?? "unknown", ActivityKind.Server, context.TraceParent);
        var outcome = Decide(method, parameters, context, ct);
        Activity.Current = around;
        return EndAsync(span, outcome);
    }

    private static async ValueTask<Outcome> EndAsync(Activity? span, ValueTask<Outcome> pending)
    {
        var outcome = await pending;
        Traces.End(span, outcome.Error?.Kind.ToString());
        return outcome;
    }

    private async ValueTask<Outcome> MeasureAsync(RpcMethod? method, ValueTask<Outcome> pending, long began)
    {
        var outcome = await pending;
        meter.Called(method?.Name, outcome.Error?.Kind.ToString(), time.GetElapsedTime(began));
        return outcome;
    }

    private RpcError ErrorOf(Exception e, string method, Deadline? deadline, CancellationToken ct)
    {
        switch (e)
        {
            case RpcException known:
                return known.Error;
            case OperationCanceledException when ct.IsCancellationRequested:
                return new RpcError(RpcErrorKind.Unavailable, "the connection was closed");
            case OperationCanceledException when deadline is { Token.IsCancellationRequested: true }:
                return new RpcError(RpcErrorKind.Timeout, $"{method} took too long");
            default:
                Log.Failed(logger, method, e);
                return new RpcError(RpcErrorKind.Internal, $"{method} failed inside the gateway; its log says why");
        }
    }

    /// <summary>A token that ends with the connection or when the time is up.</summary>
    private sealed class Deadline : IDisposable
    {
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _either;

        public Deadline(TimeSpan limit, TimeProvider time, CancellationToken ct)
        {
            _timer = new CancellationTokenSource(limit, time);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, ct);
        }

        public CancellationToken Token => _either.Token;

        public void Dispose()
        {
            _either.Dispose();
            _timer.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1100, LogLevel.Error, "Method {Method} failed")]
        public static partial void Failed(ILogger logger, string method, Exception e);
    }
}
