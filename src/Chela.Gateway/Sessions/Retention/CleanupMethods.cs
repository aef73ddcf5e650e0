using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Retention;

/// <summary>Cleaning up when a person wants it.</summary>
internal sealed class CleanupMethods(Cleanup cleanup, AttachmentSweep attachments, SessionKeys keys) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = CleanupJson.Default;
        methods.Add(MethodMap.Method("sessions.cleanup", OperatorScopes.Admin, json.SessionsCleanupParams, json.SessionsCleanupResult, CleanAsync) with
        {
            Summary = "Say which sessions and transcripts nobody needs any more, or remove them.",
        });
    }

    private async ValueTask<SessionsCleanupResult> CleanAsync(SessionsCleanupParams parameters, CallContext context, CancellationToken ct)
    {
        var agent = parameters.AllAgents == true ? null : parameters.Agent;
        var active = parameters.ActiveKey is { } text ? keys.Resolve(text, null) : default(SessionKey?);
        var result = await cleanup.RunAsync(
            parameters.Enforce == true, session => (agent is null || session.IsOf(agent)) && session.Key != active?.Value, ct);
        if (parameters.Enforce == true)
        {
            await attachments.RunAsync(ct);
        }

        return result;
    }
}

/// <summary>Parameters of <c>sessions.cleanup</c>.</summary>
internal sealed record SessionsCleanupParams
{
    [Description("True removes; without it, it is only said what would be removed.")]
    public bool? Enforce { get; init; }

    [Description("Only sessions of this agent."), MinLength(1)]
    public string? Agent { get; init; }

    [Description("True for the sessions of all agents, as without agent.")]
    public bool? AllAgents { get; init; }

    [Description("A session that stays."), MinLength(1)]
    public string? ActiveKey { get; init; }

    [Description("Accepted; a session without a transcript is an empty one.")]
    public bool? FixMissing { get; init; }

    [Description("Accepted; nothing of the kind is kept.")]
    public bool? FixDmScope { get; init; }
}

/// <summary>Result of <c>sessions.cleanup</c>.</summary>
/// <param name="Mode">What is configured: whether the gateway removes by itself, or only says so.</param>
/// <param name="DryRun">True when nothing was removed.</param>
/// <param name="BeforeCount">How many sessions there were.</param>
/// <param name="AfterCount">How many there are.</param>
/// <param name="Unused">Sessions that a client was given and never used.</param>
/// <param name="Pruned">Sessions in which nothing happened for long.</param>
/// <param name="Capped">The oldest of too many.</param>
/// <param name="Orphans">Transcripts that no session has any more: of sessions begun anew, or deleted without them.</param>
internal sealed record SessionsCleanupResult(
    string Mode, bool DryRun, int BeforeCount, int AfterCount, int Unused, int Pruned, int Capped, int Orphans)
{
    /// <summary>True when something can go, or went.</summary>
    [JsonIgnore]
    public bool HasWork => Unused + Pruned + Capped + Orphans > 0;
}

/// <summary>JSON types of cleaning up. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionsCleanupParams))]
[JsonSerializable(typeof(SessionsCleanupResult))]
internal sealed partial class CleanupJson : JsonSerializerContext;
