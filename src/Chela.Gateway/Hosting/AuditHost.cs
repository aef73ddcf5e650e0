using System.Globalization;
using Chela.Gateway.Connections;
using Chela.Gateway.Logs.Audit;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Hosting;

/// <summary>Opens the audit before anything is done, and writes the start and the end of the gateway into it.</summary>
internal sealed class AuditHost(AuditTrail trail) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await trail.LoadAsync(cancellationToken);
        trail.Note(new AuditEntry(AuditActions.GatewayStarted)
        {
            Facts = new Dictionary<string, string>
            {
                ["version"] = Hello.Version,
                ["pid"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            },
        });
    }

    public Task StopAsync(CancellationToken cancellationToken) => trail.WriteAsync(new AuditEntry(AuditActions.GatewayStopped));
}
