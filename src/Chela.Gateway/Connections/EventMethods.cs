using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Parameters of <c>events.resume</c>.</summary>
internal sealed record ResumeParams
{
    [Description("The stream to go on with; absent to learn the name of the present one."), StringLength(64, MinimumLength = 1)]
    public string? Epoch { get; init; }

    [Description("The number of the last event of that stream that was seen; 0 for none."), Range(0, int.MaxValue)]
    public long? Seq { get; init; }
}

/// <summary>Result of <c>events.resume</c>.</summary>
/// <param name="Status"><c>live</c> (the present stream), <c>resumed</c> (what was missed follows), <c>reset</c> (it is lost; begin anew).</param>
/// <param name="Epoch">The stream that the connection is told from now on.</param>
/// <param name="Seq">The number after which it goes on.</param>
internal sealed record ResumeResult(string Status, string Epoch, long Seq)
{
    [Description("Why what was missed is lost: unknown-epoch, unknown-seq, expired or too-much.")]
    public string? Reason { get; init; }

    [Description("The state to begin anew with, after a reset.")]
    public ResumeSnapshot? Snapshot { get; init; }
}

/// <summary>What a client that lost events has to know.</summary>
internal sealed record ResumeSnapshot(
    IReadOnlyList<PresenceEntry> Presence, HelloStateVersion StateVersion, long UptimeMs, IReadOnlyList<ResumeRun> Runs);

/// <summary>A run that is under way.</summary>
internal sealed record ResumeRun(string RunId, string SessionKey);

/// <summary>Lets a client that lost its connection go on where it was.</summary>
internal sealed class EventMethods(EventFanout events, Presence presence, HealthState health, Lanes lanes, Uptime uptime) : IMethodModule
{
    public const string Resume = "events.resume";

    public void Map(MethodMap methods)
    {
        var json = ConnectionsJson.Default;
        methods.Add(MethodMap.Method(Resume, OperatorScopes.Read, json.ResumeParams, json.ResumeResult, ResumeAsync) with
        {
            Summary = "Go on with the events of a lost connection: what was missed follows in order, or the answer says that it is lost.",
        });
    }

    private ValueTask<ResumeResult> ResumeAsync(ResumeParams parameters, CallContext context, CancellationToken ct)
    {
        if (context.Connection is not Connection connection)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "events come over a WebSocket only");
        }

        if (parameters.Epoch is null != parameters.Seq is null)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"invalid {Resume} params: epoch and seq are given together, or neither");
        }

        if (parameters.Epoch == connection.Stream.Epoch)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "this connection has this stream already");
        }

        var refusal = parameters.Epoch is { } epoch ? events.Resume(connection, epoch, parameters.Seq!.Value) : null;
        events.MakeResumable(connection);
        context.AfterAnswer(() => events.Release(connection));
        var status = parameters.Epoch is null ? "live" : refusal is null ? "resumed" : "reset";
        return new(new ResumeResult(status, connection.Stream.Epoch, connection.Stream.Number)
        {
            Reason = refusal,
            Snapshot = refusal is null ? null : Snapshot(),
        });
    }

    private ResumeSnapshot Snapshot() => new(
        presence.Rows,
        new HelloStateVersion(presence.Version, health.Version),
        uptime.Milliseconds,
        [.. lanes.Running.Select(turn => new ResumeRun(turn.RunId, turn.Session.Value))]);
}
