using Chela.Contracts.Access;
using Chela.Gateway.Agents.Approvals;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of what waits for people's decisions.</summary>
internal static class ApprovalServices
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) => services
        .AddSingleton(provider => new ApprovalGrants(
            new DocumentFile(provider.GetRequiredService<StatePaths>().ApprovalsFile), provider.GetRequiredService<ILogger<ApprovalGrants>>()))
        .AddSingleton<ApprovalTable>()
        .AddSingleton<ApprovalAudience>(provider =>
        {
            var connections = provider.GetRequiredService<ConnectionTable>();
            return asking => connections.All.Any(one => one.Id != asking && MayDecide(one.Caller));
        })
        .AddSingleton<IMethodModule, ApprovalMethods>()
        .AddSingleton<PolicyReader>()
        .AddSingleton<IMethodModule, ApprovalPolicyMethods>()
        .AddSingleton<IMethodModule, CommandApprovalMethods>();

    private static bool MayDecide(Caller caller) =>
        caller is { IsAuthenticated: true, Role: CallerRole.Operator } && caller.Holds(OperatorScopes.Approvals);
}
