using System.Net.Mime;
using System.Text.Unicode;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>JSON-RPC over plain HTTP: a POST holds a call or a batch, the response the answers. There are no events here.</summary>
internal sealed class HttpCalls(
    IEnumerable<IWireDialect> dialects, Dispatcher dispatcher, GatewayToken token, ConfigStore config, Lifecycle lifecycle, ObjectPool<FrameWriter> writers)
{
    private static readonly byte[] NullId = "null"u8.ToArray();

    private readonly IWireDialect _dialect = dialects.Single(dialect => dialect.Name == Dialect.JsonRpc);

    public async Task AnswerAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        if (lifecycle.Phase != LifecyclePhase.Running)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (!IsJson(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType; // also keeps cross-site forms out
            return;
        }

        var shown = BearerToken.Of(context.Request);
        if (shown is not null && !token.Matches(shown))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            var writer = writers.Get();
            _dialect.WriteOutcome(writer.Json, NullId, new RpcError(RpcErrorKind.Unauthenticated, AuthMethods.Mismatch));
            await SendAsync(context, writer, hasAnswer: true, ct);
            return;
        }

        try
        {
            if (await ReadBodyAsync(context, shown is null, ct) is { } body)
            {
                await AnswerAsync(context, _dialect.Read(body), shown is null, ct);
            }
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode; // a body too long, too slow or cut off
        }
    }

    private async Task AnswerAsync(HttpContext context, WireFrame frame, bool isAnonymous, CancellationToken ct)
    {
        var id = context.TraceIdentifier;
        var caller = isAnonymous ? Caller.Anonymous(id) : new Caller(id, CallerRole.Operator, OperatorScopes.Admin, AuthMethods.ClientId);
        var contexts = new List<CallContext>();
        var writer = writers.Get();
        var hasAnswer = frame.IsBatch
            ? await new CallBatch(_dialect, config.Current.Config.Gateway.Limits.MaxBufferedBytes / CallBatch.ShareOfBuffer).RunAsync(frame.Calls.ToArray(), Call, writer)
            : await AnswerOneAsync(frame.Calls.Span[0]);
        await SendAsync(context, writer, hasAnswer, ct);
        contexts.ForEach(call => call.Answered());

        ValueTask<Outcome> Call(WireCall call)
        {
            contexts.Add(new CallContext(call.Method, caller, NoConnection.Instance));
            return call.Error is { } error ? new(error) : dispatcher.InvokeAsync(_dialect.Name, call.Parameters.Span, contexts[^1], ct);
        }

        async Task<bool> AnswerOneAsync(WireCall call)
        {
            var outcome = await Call(call);
            if (call.Id is not null)
            {
                _dialect.WriteOutcome(writer.Json, call.Id, outcome);
            }

            return call.Id is not null;
        }
    }

    private async Task SendAsync(HttpContext context, FrameWriter writer, bool hasAnswer, CancellationToken ct)
    {
        var (rented, length) = writer.Detach();
        writers.Return(writer);
        if (!hasAnswer)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = length;
        await context.Response.Body.WriteAsync(rented.AsMemory(0, length), ct);
        System.Buffers.ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>The body, bounded like a frame; null when it was refused.</summary>
    private async Task<byte[]?> ReadBodyAsync(HttpContext context, bool isAnonymous, CancellationToken ct)
    {
        var limits = config.Current.Config.Gateway.Limits;
        var limit = isAnonymous ? limits.MaxPayloadBeforeAuth : limits.MaxPayload;
        using var body = new MemoryStream();
        var part = new byte[8192];
        int read;
        if (context.Request.ContentLength > limit)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return null;
        }

        while ((read = await context.Request.Body.ReadAsync(part, ct)) > 0)
        {
            if (body.Length + read > limit)
            {
                context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                return null;
            }

            body.Write(part, 0, read);
        }

        if (Utf8.IsValid(body.GetBuffer().AsSpan(0, (int)body.Length)))
        {
            return body.ToArray();
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return null;
    }

    private static bool IsJson(string? contentType) =>
        contentType is not null && contentType.StartsWith(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase);

    /// <summary>A request has nothing to follow, to log in or to close.</summary>
    private sealed class NoConnection : ICallerConnection
    {
        public static readonly NoConnection Instance = new();

        public void Follow(SessionKey session)
        {
        }

        public void LogIn(Caller caller) => throw new RpcException(
            RpcErrorKind.InvalidRequest, "over HTTP there is no login: each request brings its token in the Authorization header");

        public void Close(int code, string reason)
        {
        }
    }
}
