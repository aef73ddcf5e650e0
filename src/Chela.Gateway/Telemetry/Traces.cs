using System.Diagnostics;

namespace Chela.Gateway.Telemetry;

/// <summary>
/// The traces of the gateway, under one name. While nobody listens no span is made: beginning one is a comparison. Spans name methods, models,
/// tools and ids, never what was said.
/// </summary>
internal static class Traces
{
    /// <summary>The name by which listeners ask for them.</summary>
    public const string Name = "Chela";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>True while somebody listens.</summary>
    public static bool IsWanted => Source.HasListeners();

    /// <summary>The work under way, in the form in which a message or a request carries it on; null while nobody listens.</summary>
    public static string? Here => IsWanted ? Activity.Current?.Id : null;

    /// <summary>Begins a span of the work under way.</summary>
    /// <returns>Null while nobody listens.</returns>
    public static Activity? Begin(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>Begins a span whose cause somebody else names.</summary>
    /// <param name="cause">A <c>traceparent</c> (W3C Trace Context) from outside, or <see cref="Here"/> of earlier; what is none counts as absent.</param>
    /// <param name="began">When the work began; now without it.</param>
    /// <returns>Null while nobody listens.</returns>
    public static Activity? Begin(string name, ActivityKind kind, string? cause, DateTimeOffset began = default) => IsWanted
        ? Source.StartActivity(name, kind, ContextOf(cause), startTime: began)
        : null;

    /// <summary>Ends a span that went wrong, or not.</summary>
    /// <param name="error">The kind of error; null for success.</param>
    public static void End(Activity? span, string? error)
    {
        if (error is not null)
        {
            span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        }

        span?.Dispose();
    }

    /// <summary>The link to something else that the work is for.</summary>
    public static void Link(Activity? span, string? cause)
    {
        if (span is not null && ContextOf(cause) is var context && context != default)
        {
            span.AddLink(new ActivityLink(context));
        }
    }

    private static ActivityContext ContextOf(string? cause) =>
        ActivityContext.TryParse(cause, null, isRemote: true, out var context) ? context : default;
}
