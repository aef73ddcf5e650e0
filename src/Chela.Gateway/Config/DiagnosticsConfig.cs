using System.ComponentModel;

namespace Chela.Gateway.Config;

/// <summary>What programs that watch the gateway may see.</summary>
internal sealed record DiagnosticsConfig
{
    public OtelConfig Otel { get; init; } = new();

    public PrometheusConfig Prometheus { get; init; } = new();
}

/// <summary>Figures for Prometheus, at <c>/metrics</c>.</summary>
internal sealed record PrometheusConfig
{
    [Description("The secret that opens /metrics, and nothing else; unset means that nothing is measured or shown.")]
    public string? Token { get; init; }

    /// <summary>Never shows the secret: a record that is logged prints all its values.</summary>
    public override string ToString() => nameof(PrometheusConfig);
}

/// <summary>What the settings of diagnostics must be.</summary>
internal static class DiagnosticsRule
{
    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(DiagnosticsConfig diagnostics)
    {
        if (diagnostics.Prometheus.Token is { } token && SecretRule.Refusal(token) is { } weak)
        {
            yield return ("diagnostics.prometheus.token", weak);
        }

        var otel = diagnostics.Otel;
        foreach (var (name, address) in new[] { ("endpoint", otel.Endpoint), ("tracesEndpoint", otel.TracesEndpoint), ("metricsEndpoint", otel.MetricsEndpoint) })
        {
            if (address is not null && AddressRule.Refusal(address) is { } wrong)
            {
                yield return ($"diagnostics.otel.{name}", wrong);
            }
        }

        foreach (var problem in HeaderRule.Problems("diagnostics.otel.headers", otel.Headers))
        {
            yield return problem;
        }
    }
}
