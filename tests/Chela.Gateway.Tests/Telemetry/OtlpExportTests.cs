using System.Diagnostics;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Telemetry.Otlp;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Telemetry;

[Trait("Requirement", "O2")]
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Spans_are_sent_by_gRPC_too()
    {
        await using var collector = await OtlpReceiver.StartAsync(isGrpc: true);
        var name = $"test {Guid.NewGuid()}";
        using (new OtlpExport(new OtlpSettings("test", "1") { Traces = new Uri(collector.Url), IsGrpc = true }))
        {
            Traces.Begin(name, ActivityKind.Internal, "no trace")?.Dispose();
        }

        Assert.Equal("", Assert.Single(collector.Spans, span => span.Name == name).ParentId);
    }
}
