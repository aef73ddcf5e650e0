using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Unicode;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
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
    IEnumerable<IWireDialect> dialects,
    Dispatcher dispatcher,
    SharedCredentials credentials,
    ConfigStore config,
    Lifecycle lifecycle,
    ConnectionTable connections,
    ObjectPool<FrameWriter> writers)
{
    private static readonly byte[] NullId = "null"u8.ToArray();

    private readonly IWireDialect _dialect = dialects.Single(dialect => dialect.Name == Dialect.JsonRpc);

    public async Task AnswerAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        if (lifecycle.Phase != LifecyclePhase.Running)
        {
            await HttpProblem.Busy.WriteAsync(context);
            return;
        }

        var request = SocketEndpoint.Describe(context);
        if (request.Origin is { } origin && OriginCheck.Refusal(origin, request.Source, config.Current.Config.Gateway.ControlUi) is not null)
        {
            await HttpProblem.ForeignPage.WriteAsync(context);
            return;
        }

        if (!IsJson(context.Request.ContentType))
        {
            await HttpProblem.NotJson.WriteAsync(context);
            return;
        }

        var verdict = await credentials.CheckAsync(request.Showing(request.Credential, request.Credential), ct);
        if (!verdict.IsValid && request.Credential is not null)
        {
            await RefuseAsync(context, verdict, ct);
            return;
        }

        var id = context.TraceIdentifier;
        var caller = verdict.IsValid ? SecretLogin.CallerOf(verdict, request, id, AuthMethods.ClientId) : Caller.Anonymous(id);
        if (await TakeAsync(context, caller, ct) is { } body)
        {
            await AnswerAsync(context, _dialect.Read(body), caller, ct);
        }
    }

    /// <summary>The body; null when it was refused. Whoever shows no token sends it through the same narrow gate as sockets without a login.</summary>
    private async Task<byte[]?> TakeAsync(HttpContext context, Caller caller, CancellationToken ct)
    {
        var address = RequestSource.Of(context).Client;
        if (!caller.IsAuthenticated && !connections.TryEnter(address, config.Current.Config.Gateway.Limits))
        {
            await HttpProblem.Busy.WriteAsync(context);
            return null;
        }

        try
        {
            return await ReadBodyAsync(context, caller, ct);
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode; // a body too long, too slow or cut off
            return null;
        }
        finally
        {
            if (!caller.IsAuthenticated)
            {
                connections.Gate.Leave(address);
            }
        }
    }

    private Task RefuseAsync(HttpContext context, CredentialVerdict verdict, CancellationToken ct)
    {
        if (verdict.RetryAfterMs is { } wait)
        {
            context.Response.Headers.RetryAfter = ((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Response.StatusCode =
            verdict.Reason == AuthReason.RateLimited ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized;
        var writer = writers.Get();
        _dialect.WriteOutcome(writer.Json, NullId, AuthRefusal.Of(verdict));
        return SendAsync(context, writer, hasAnswer: true, ct);
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
            await SendAsync(context, writer, hasAnswer, ct);
        }
        finally
        {
            contexts.ForEach(call => call.Answered()); // what was accepted goes on, even if its sender has hung up
        }

        ValueTask<Outcome> Call(WireCall call)
        {
            contexts.Add(new CallContext(call.Method, caller, connection));
            return call.Error is { } error ? new(error) : dispatcher.InvokeAsync(_dialect.Name, call.Parameters.Span, contexts[^1], ct);
        }

        async Task<bool> AnswerOneAsync(WireCall call)
        {
            var outcome = await Call(call);
            if (outcome.Error is { Kind: RpcErrorKind.TooMany, RetryAfterMs: { } wait })
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = ((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
            }

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
    private async Task<byte[]?> ReadBodyAsync(HttpContext context, Caller caller, CancellationToken ct)
    {
        var limits = config.Current.Config.Gateway.Limits;
        var limit = caller.IsAuthenticated ? limits.MaxPayload : limits.MaxPayloadBeforeAuth;
        using var body = new MemoryStream();
        var part = new byte[8192];
        int read;
        if (context.Request.ContentLength > limit)
        {
            await HttpProblem.TooLarge.WriteAsync(context);
            return null;
        }

        while ((read = await context.Request.Body.ReadAsync(part, ct)) > 0)
        {
            if (body.Length + read > limit)
            {
                await HttpProblem.TooLarge.WriteAsync(context);
                return null;
            }

            body.Write(part, 0, read);
        }

        if (Utf8.IsValid(body.GetBuffer().AsSpan(0, (int)body.Length)))
        {
            return body.ToArray();
        }

        await HttpProblem.NotText.WriteAsync(context);
        return null;
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && MediaTypeNames.Application.Json.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase);
}
