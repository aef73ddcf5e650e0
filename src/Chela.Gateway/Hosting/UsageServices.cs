using Chela.Gateway.Agents;
using Chela.Gateway.Rpc;
using Chela.Gateway.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of what counts tokens and cost.</summary>
internal static class UsageServices
{
    public static IServiceCollection AddUsage(this IServiceCollection services) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<UsageLedger>(provider, provider.GetRequiredService<StatePaths>().UsageDirectory))
        .AddSingleton<UsageReports>()
        .AddSingleton<UsageLogs>()
        .AddSingleton<Spending>()
        .AddSingleton<IMethodModule, UsageMethods>();
}
