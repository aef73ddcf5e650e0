using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Logs.Audit;

/// <summary>Parameters of <c>audit.entries</c>.</summary>
internal sealed record AuditEntriesParams
{
    [Description("Only entries from then on, Unix milliseconds."), Range(0, 9_007_199_254_740_991)]
    public long? After { get; init; }

    [Description("Only entries until then, Unix milliseconds."), Range(0, 9_007_199_254_740_991)]
    public long? Before { get; init; }

    [Description("Only deeds of this person, device, client or agent."), StringLength(512, MinimumLength = 1)]
    public string? Actor { get; init; }

    [Description("Only this action, or those of this area: device is also device.pair.approve."), StringLength(128, MinimumLength = 1)]
    public string? Action { get; init; }

    [Description("The most entries; 100 without it."), Range(1, 500)]
    public int? Limit { get; init; }

    [Description("Where the last answer ended."), StringLength(20, MinimumLength = 1)]
    public string? Cursor { get; init; }
}

/// <summary>Result of <c>audit.entries</c>.</summary>
/// <param name="Entries">The latest first.</param>
internal sealed record AuditEntriesResult(IReadOnlyList<AuditRow> Entries)
{
    /// <summary>Absent where there are no more.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Present where a file of the audit is damaged: there may have been more.</summary>
    public bool? Damaged { get; init; }
}

/// <summary>Looking into the audit.</summary>
internal sealed class AuditMethods(AuditTrail trail) : IMethodModule
{
    private const int UsualLimit = 100;

    public void Map(MethodMap methods)
    {
        var json = AuditJson.Default;
        methods.Add(MethodMap.Method("audit.entries", OperatorScopes.Admin, json.AuditEntriesParams, json.AuditEntriesResult, EntriesAsync) with
        {
            IsAudited = false,
            Summary = "Who did what, the latest first.",
        });
        methods.Add(MethodMap.Method("audit.list", OperatorScopes.Read, json.AuditListParams, json.AuditListResult, ListAsync) with
        {
            Summary = "Runs of agents and uses of tools, the latest first.",
        });
    }

    private async ValueTask<AuditEntriesResult> EntriesAsync(AuditEntriesParams parameters, CallContext context, CancellationToken ct)
    {
        var (rows, next, isDamaged) = await FindAsync("audit.entries", parameters.Cursor, new AuditQuery(parameters.Limit ?? UsualLimit)
        {
            AfterMs = parameters.After,
            BeforeMs = parameters.Before,
            Fits = row => (parameters.Actor is not { } actor || row.User == actor || row.Agent == actor)
                && (parameters.Action is not { } action || row.Action == action || row.Action.StartsWith($"{action}.", StringComparison.Ordinal)),
        }, ct);
        return new AuditEntriesResult(rows) { NextCursor = next, Damaged = isDamaged ? true : null };
    }

    private async ValueTask<AuditListResult> ListAsync(AuditListParams parameters, CallContext context, CancellationToken ct)
    {
        var (rows, next, _) = await FindAsync("audit.list", parameters.Cursor, new AuditQuery(parameters.Limit ?? UsualLimit)
        {
            AfterMs = parameters.After,
            BeforeMs = parameters.Before,
            Fits = row => AuditEventRow.Of(row) is { } shown && parameters.Fits(shown),
        }, ct);
        return new AuditListResult([.. rows.Select(row => AuditEventRow.Of(row)!)]) { NextCursor = next };
    }

    private async Task<(IReadOnlyList<AuditRow> Rows, string? Next, bool IsDamaged)> FindAsync(string method, string? cursor, AuditQuery query, CancellationToken ct)
    {
        var start = default(long?);
        if (cursor is not null)
        {
            start = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new RpcException(RpcErrorKind.InvalidParams, $"invalid {method} params: at /cursor: must be a nextCursor of an answer");
        }

        var page = await (query with { Cursor = start }).RunAsync(trail.Read(ct));
        return page.Rows.Count > query.Limit
            ? ([.. page.Rows.Take(query.Limit)], page.Rows[query.Limit - 1].Sequence.ToString(CultureInfo.InvariantCulture), page.IsDamaged)
            : (page.Rows, null, page.IsDamaged);
    }
}

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntriesParams))]
[JsonSerializable(typeof(AuditEntriesResult))]
[JsonSerializable(typeof(AuditListParams))]
[JsonSerializable(typeof(AuditListResult))]
internal sealed partial class AuditJson : JsonSerializerContext;
