using System.Diagnostics;

namespace Chela.Gateway.Telemetry;

/// <summary>
/// Tells the other side of a request over HTTP which span it is for, by the header <c>traceparent</c> and nothing else. For those who may know:
/// a client without it tells nobody.
/// </summary>
internal sealed class TraceHeader : DistributedContextPropagator
{
    private const string Header = "traceparent";

    public static readonly TraceHeader Sent = new();

    public override IReadOnlyCollection<string> Fields { get; } = [Header];

    /// <param name="activity">The request itself, of which no span is kept: its cause is what the other side can find.</param>
    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (activity?.ParentId is { } cause)
        {
            setter?.Invoke(carrier, Header, cause);
        }
    }

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
