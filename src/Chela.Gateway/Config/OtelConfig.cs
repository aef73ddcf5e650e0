using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Where traces and figures are sent by the protocol of OpenTelemetry (OTLP).</summary>
internal sealed record OtelConfig
{
    public const string Http = "http/protobuf";
    public const string Grpc = "grpc";

    [Description("Whether anything is sent.")]
    public bool Enabled { get; init; }

    [MaxLength(2_048), Description("The address of the collector; over HTTP without the path, which is /v1/traces and /v1/metrics below it.")]
    public string Endpoint { get; init; } = "http://127.0.0.1:4318";

    [MaxLength(2_048), Description("The whole address for traces, where it is another one.")]
    public string? TracesEndpoint { get; init; }

    [MaxLength(2_048), Description("The whole address for figures, where it is another one.")]
    public string? MetricsEndpoint { get; init; }

    [AllowedValues(Http, Grpc), Description("How it is sent.")]
    public string Protocol { get; init; } = Http;

    [MaxLength(50), Description("Headers that every request to the collector carries.")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [MinLength(1), MaxLength(128), Description("What the gateway is called there.")]
    public string ServiceName { get; init; } = "chela";

    [Description("Whether traces are sent.")]
    public bool Traces { get; init; } = true;

    [Description("Whether figures are sent.")]
    public bool Metrics { get; init; } = true;

    [Range(0.0, 1.0), Description("The part of the traces that is kept; one that a client began is kept as it says.")]
    public double SampleRate { get; init; } = 1;

    [Range(100, 3_600_000), Description("How often what has come together is sent, in milliseconds.")]
    public int FlushIntervalMs { get; init; } = 5_000;

    /// <summary>Where traces go in force.</summary>
    public Uri AddressOfTraces() => AddressOf(TracesEndpoint, "v1/traces");

    /// <summary>Where figures go in force.</summary>
    public Uri AddressOfMetrics() => AddressOf(MetricsEndpoint, "v1/metrics");

    /// <summary>Never shows the headers: a record that is logged prints all its values.</summary>
    public override string ToString() => nameof(OtelConfig);

    private Uri AddressOf(string? own, string path) =>
        new(own ?? (Protocol == Grpc ? Endpoint : $"{Endpoint.TrimEnd('/')}/{path}"));
}
