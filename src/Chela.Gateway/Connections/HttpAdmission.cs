using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>Who may call over HTTP. Everything here is decided before a byte of the body is read.</summary>
internal sealed class HttpAdmission(
    IEnumerable<IWireDialect> dialects, SharedCredentials credentials, ConfigStore config, Lifecycle lifecycle, ObjectPool<FrameWriter> writers)
{
    private static readonly byte[] NullId = "null"u8.ToArray();

    private readonly IWireDialect _dialect = dialects.Single(dialect => dialect.Name == Dialect.JsonRpc);

    /// <summary>Finds out who calls.</summary>
    /// <param name="clientId">What the caller is called.</param>
    /// <param name="admitsAnonymous">True where somebody who shows no credential may go on, as nobody.</param>
    /// <returns>Null when the request was refused, and answered.</returns>
    public async Task<Caller?> AdmitAsync(HttpContext context, string clientId, bool admitsAnonymous)
    {
        var request = SocketEndpoint.Describe(context);
        if (ProblemOf(context, request) is { } problem)
        {
            await problem.WriteAsync(context);
            return null;
        }

        var verdict = await credentials.CheckAsync(request.Showing(request.Credential, request.Credential), context.RequestAborted);
        if (verdict.IsValid)
        {
            var caller = SecretLogin.CallerOf(verdict, request, context.TraceIdentifier, clientId);
            context.Features.Set(caller);
            return caller;
        }

        if (admitsAnonymous && request.Credential is null)
        {
            return Caller.Anonymous(context.TraceIdentifier);
        }

        await RefuseAsync(context, verdict);
        return null;
    }

    /// <summary>Says when a try that came too early may be made again.</summary>
    public static void TellWait(HttpResponse response, int milliseconds) =>
        response.Headers.RetryAfter = ((milliseconds + 999) / 1000).ToString(CultureInfo.InvariantCulture);

    private HttpProblem? ProblemOf(HttpContext context, LoginRequest request) =>
        lifecycle.Phase != LifecyclePhase.Running ? HttpProblem.Busy
        : request.Origin is { } origin && OriginCheck.Refusal(origin, request.Source, config.Current.Config.Gateway.ControlUi) is not null ? HttpProblem.ForeignPage
        : IsJson(context.Request.ContentType) ? null
        : HttpProblem.NotJson;

    private Task RefuseAsync(HttpContext context, CredentialVerdict verdict)
    {
        if (verdict.RetryAfterMs is { } wait)
        {
            TellWait(context.Response, wait);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Response.StatusCode =
            verdict.Reason == AuthReason.RateLimited ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized;
        var writer = writers.Get();
        _dialect.WriteOutcome(writer.Json, NullId, AuthRefusal.Of(verdict));
        return HttpFrame.SendAsync(context, writer, writers);
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && MediaTypeNames.Application.Json.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase);
}
