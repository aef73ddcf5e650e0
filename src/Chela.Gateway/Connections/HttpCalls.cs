using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>JSON-RPC over plain HTTP: a POST holds a call or a batch, the response the answers. There are no events here.</summary>
internal sealed class HttpCalls(
    IEnumerable<IWireDialect> dialects, HttpAdmission admission, HttpBody bodies, Dispatcher dispatcher, ConfigStore config, ObjectPool<FrameWriter> writers)
{
    private readonly IWireDialect _dialect = dialects.Single(dialect => dialect.Name == Dialect.JsonRpc);

    public async Task AnswerAsync(HttpContext context)
    {
        if (await admission.AdmitAsync(context, AuthMethods.ClientId, admitsAnonymous: true) is { } caller
            && await bodies.ReadAsync(context, caller) is { } body)
        {
            await AnswerAsync(context, _dialect.Read(body), caller, context.RequestAborted);
        }
    }

    private async Task AnswerAsync(HttpContext context, WireFrame frame, Caller caller, CancellationToken ct)
    {
        var connection = new NoConnection(ClientNetwork.Of(RequestSource.Of(context).Client));
        var contexts = new List<CallContext>();
        var writer = writers.Get();
        var hasAnswer = frame.IsBatch
            ? await new CallBatch(_dialect, config.Current.Config.Gateway.Limits.MaxBufferedBytes / CallBatch.ShareOfBuffer).RunAsync(frame.Calls.ToArray(), Call, writer)
            : await AnswerOneAsync(frame.Calls.Span[0]);
        try
        {
            await SendAsync(context, writer, hasAnswer);
        }
        finally
        {
            contexts.ForEach(call => call.Answered()); // what was accepted goes on, even if its sender has hung up
        }

        ValueTask<Outcome> Call(WireCall call)
        {
            contexts.Add(new CallContext(call.Method, caller, connection) { TraceParent = call.TraceParent });
            return call.Error is { } error ? new(error) : dispatcher.InvokeAsync(_dialect.Name, call.Parameters.Span, contexts[^1], ct);
        }

        async Task<bool> AnswerOneAsync(WireCall call)
        {
            var outcome = await Call(call);
            if (outcome.Error is { Kind: RpcErrorKind.TooMany, RetryAfterMs: { } wait })
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                HttpAdmission.TellWait(context.Response, wait);
            }

            if (call.Id is not null)
            {
                _dialect.WriteOutcome(writer.Json, call.Id, outcome);
            }

            return call.Id is not null;
        }
    }

    private Task SendAsync(HttpContext context, FrameWriter writer, bool hasAnswer)
    {
        if (hasAnswer)
        {
            return HttpFrame.SendAsync(context, writer, writers);
        }

        writers.Return(writer);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
