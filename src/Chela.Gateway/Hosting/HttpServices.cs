using Chela.Gateway.Connections;
using Chela.Gateway.Connections.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of what is called over HTTP.</summary>
internal static class HttpServices
{
    public static IServiceCollection AddHttpCalls(this IServiceCollection services) => services
        .AddSingleton<RequestWork>()
        .AddSingleton<HttpAdmission>()
        .AddSingleton<HttpBody>()
        .AddSingleton<HttpCalls>()
        .AddSingleton<OfferedTools>()
        .AddSingleton(provider => new Lazy<OfferedTools>(provider.GetRequiredService<OfferedTools>))
        .AddSingleton<MetricsEndpoint>()
        .AddSingleton<McpEndpoint>();
}
