namespace Chela.Gateway.Telemetry.Otlp;

/// <summary>Where traces and figures are sent, and how.</summary>
/// <param name="Service">What the gateway is called there.</param>
/// <param name="Version">The version of the program.</param>
internal sealed record OtlpSettings(string Service, string Version)
{
    /// <summary>Null where no traces are sent.</summary>
    public Uri? Traces { get; init; }

    /// <summary>Null where no figures are sent.</summary>
    public Uri? Metrics { get; init; }

    /// <summary>gRPC instead of HTTP with protobuf.</summary>
    public bool IsGrpc { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The part of the traces that is kept which nobody else began.</summary>
    public double SampleRate { get; init; } = 1;

    /// <summary>How often what has come together is sent.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Never shows the headers, which hold secrets: a record that is logged prints all its values.</summary>
    public override string ToString() => nameof(OtlpSettings);
}
