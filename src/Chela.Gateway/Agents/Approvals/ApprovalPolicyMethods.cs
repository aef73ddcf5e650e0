using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>What agents were allowed for good, seen and taken back. From then on it is asked for again, also in runs that are under way.</summary>
internal sealed class ApprovalPolicyMethods(ApprovalGrants grants, PolicyReader reader, TimeProvider time) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = PolicyJson.Default;
        methods.Add(MethodMap.Method("exec.approvals.get", OperatorScopes.Admin, json.PolicyGetParams, json.PolicySnapshot, GetAsync) with
        {
            IsAudited = false,
            Summary = "Show what agents may do without being asked about.",
        });
        methods.Add(MethodMap.Method("exec.approvals.set", OperatorScopes.Admin, json.PolicySetParams, json.PolicySnapshot, SetAsync) with
        {
            Summary = "Change what agents may do without being asked about.",
        });
    }

    private async ValueTask<PolicySnapshot> GetAsync(PolicyGetParams parameters, CallContext context, CancellationToken ct) =>
        SnapshotOf(await OnDiskAsync(() => grants.ReadAsync(ct)));

    private async ValueTask<PolicySnapshot> SetAsync(PolicySetParams parameters, CallContext context, CancellationToken ct)
    {
        var by = context.Caller.Party ?? context.Caller.ClientId;
        return SnapshotOf(await OnDiskAsync(() => grants.ReplaceAsync(now =>
        {
            RefuseOldBase(parameters.BaseHash, now);
            return reader.Read(parameters.File, now, by, time.GetUtcNow().ToUnixTimeMilliseconds());
        }, ct)));
    }

    private void RefuseOldBase(string? baseHash, IReadOnlyList<ApprovalGrant> now)
    {
        var problem = baseHash is null && Exists ? "exec approvals base hash required"
            : baseHash is not null && baseHash != PolicyReader.HashOf(now) ? "exec approvals changed since last load"
            : null;
        if (problem is not null)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"{problem}; re-run exec.approvals.get and retry");
        }
    }

    private bool Exists => File.Exists(grants.Path);

    private PolicySnapshot SnapshotOf(IReadOnlyList<ApprovalGrant> all) =>
        new(grants.Path, Exists, PolicyReader.HashOf(all), PolicyReader.DocumentOf(all), PolicyRules.InForce);

    private async Task<IReadOnlyList<ApprovalGrant>> OnDiskAsync(Func<Task<IReadOnlyList<ApprovalGrant>>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(
                RpcErrorKind.Unavailable, $"{grants.Path} cannot be read or written, and nothing was changed; the gateway's log says why");
        }
    }
}
