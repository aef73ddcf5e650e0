using System.Globalization;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The probes: for supervisors and load balancers, which show no token (05-http § 2).</summary>
internal static class HealthEndpoints
{
    public static void MapProbes(this IEndpointRouteBuilder app)
    {
        app.MapProbe("/health", Health);
        app.MapProbe("/healthz", Live);
        app.MapProbe("/ready", Ready);
        app.MapProbe("/readyz", Ready);
        app.MapProbe("/startup", Started);
        app.MapProbe("/startupz", Started);
    }

    private static void MapProbe(this IEndpointRouteBuilder app, string path, RequestDelegate answer) =>
        app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer);

    /// <summary>That the process serves: also while nothing else of it is well, for a restart would not mend that.</summary>
    private static Task Live(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, """{"ok":true,"status":"live"}""");

    /// <summary>The same with a word on how the gateway is; which part, and why, the method <c>health</c> tells those who may read.</summary>
    private static Task Health(HttpContext context)
    {
        var services = context.RequestServices;
        var uptime = services.GetRequiredService<Uptime>().Milliseconds.ToString(CultureInfo.InvariantCulture);
        var state = PhaseOf(context) == LifecyclePhase.Starting ? "" : $",\"state\":\"{HealthWords.Of(services.GetRequiredService<HealthBoard>().Level)}\"";
        return WriteAsync(context, StatusCodes.Status200OK, $$"""{"ok":true,"status":"live","version":"{{Hello.Version}}","uptimeMs":{{uptime}}{{state}}}""");
    }

    /// <summary>Whether it can serve. A part that is only degraded, or that others can do without, does not keep clients away.</summary>
    private static Task Ready(HttpContext context)
    {
        var failing = FailingOf(context);
        var status = failing.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var ready = failing.Count == 0 ? "true" : "false";
        var labels = RequestSource.Of(context).IsLocal ? $",\"failing\":[{string.Join(',', failing.Select(label => $"\"{label}\""))}]" : "";
        var mode = context.RequestServices.GetRequiredService<Lifecycle>().SafeMode is null ? "" : ",\"safeMode\":true";
        return WriteAsync(context, status, $"{{\"ready\":{ready}{labels}{mode}}}");
    }

    private static Task Started(HttpContext context) => PhaseOf(context) switch
    {
        LifecyclePhase.Running => WriteAsync(context, StatusCodes.Status200OK, """{"ok":true,"status":"started"}"""),
        LifecyclePhase.Starting => WriteAsync(context, StatusCodes.Status503ServiceUnavailable, """{"ok":false,"status":"starting"}"""),
        _ => WriteAsync(context, StatusCodes.Status503ServiceUnavailable, """{"ok":false,"status":"draining"}"""),
    };

    /// <summary>The labels of OpenClaw, and of parts of this gateway their names.</summary>
    private static IReadOnlyList<string> FailingOf(HttpContext context) => PhaseOf(context) switch
    {
        LifecyclePhase.Starting => ["startup-sidecars"],
        LifecyclePhase.Stopping => ["gateway-draining"],
        _ => context.RequestServices.GetRequiredService<HealthBoard>().Failing,
    };

    private static LifecyclePhase PhaseOf(HttpContext context) => context.RequestServices.GetRequiredService<Lifecycle>().Phase;

    private static Task WriteAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(json, context.RequestAborted);
    }
}
