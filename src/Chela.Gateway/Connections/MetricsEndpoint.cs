using System.Security.Cryptography;
using System.Text;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry.Prometheus;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>
/// <c>GET /metrics</c>: the figures of the gateway for Prometheus, which shows a secret of its own. That secret opens nothing else, and nothing
/// else opens this.
/// </summary>
internal sealed class MetricsEndpoint(MetricsRecorder recorder, FailedAttempts attempts, ConfigStore config, TimeProvider time)
{
    private const string Bearer = "Bearer ";

    private static readonly HttpProblem Off = new("No metrics", StatusCodes.Status404NotFound, "Set diagnostics.prometheus.token to have them.");
    private static readonly HttpProblem NotAllowed = new(
        "Token not valid", StatusCodes.Status401Unauthorized, "Authorization has to be Bearer and the token of diagnostics.prometheus.token.");

    private static readonly HttpProblem LockedOut = new("Too many wrong tokens", StatusCodes.Status429TooManyRequests, "Try again later, with the right token.");

    public async Task AnswerAsync(HttpContext context)
    {
        if (config.Current.Config.Diagnostics.Prometheus.Token is not { } token)
        {
            await Off.WriteAsync(context);
            return;
        }

        using var attempt = attempts.Begin(AttemptKind.Metrics, RequestSource.Of(context), origin: null);
        if (attempt.IsRefused)
        {
            HttpAdmission.TellWait(context.Response, attempt.RetryAfterMs);
            await LockedOut.WriteAsync(context);
        }
        else if (IsShown(context.Request.Headers.Authorization.ToString(), token))
        {
            attempt.Succeed();
            context.Response.ContentType = PrometheusText.ContentType;
            await context.Response.WriteAsync(PrometheusText.Write(recorder.Look()), context.RequestAborted);
        }
        else
        {
            attempt.Fail();
            await Task.Delay(attempt.Delay, time, context.RequestAborted);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await NotAllowed.WriteAsync(context);
        }
    }

    private static bool IsShown(string authorization, string token) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim()), Encoding.UTF8.GetBytes(token));
}
