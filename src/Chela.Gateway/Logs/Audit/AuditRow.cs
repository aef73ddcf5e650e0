using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Telemetry.Audit;

namespace Chela.Gateway.Logs.Audit;

/// <summary>A deed as it is kept and shown: a line of the audit.</summary>
/// <param name="Sequence">Counts all there ever were, from 1.</param>
/// <param name="AtMs">When, in Unix milliseconds.</param>
/// <param name="Action">What was done, as <c>area.deed</c>; for calls the name of the method.</param>
/// <param name="Outcome"><c>done</c>, <c>refused</c>, <c>failed</c> or <c>started</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)] // a later version may have written it
internal sealed record AuditRow(long Sequence, long AtMs, string Action, string Outcome)
{
    /// <summary>The person, the device or the client; absent for the gateway itself.</summary>
    public string? User { get; init; }

    public string? Connection { get; init; }

    public string? Channel { get; init; }

    public string? Agent { get; init; }

    public string? Session { get; init; }

    public string? Run { get; init; }

    /// <summary>What is known besides.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>How many refusals before this one were only counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeftOut { get; init; }

    public static AuditRow Of(AuditEntry entry, WorkFacts? work, long atMs) => new(0, atMs, entry.Action, entry.Outcome)
    {
        User = work?.User,
        Connection = work?.Connection,
        Channel = work?.Channel,
        Agent = work?.Agent,
        Session = work?.Session,
        Run = work?.Run,
        Facts = entry.Facts,
    };
}

/// <summary>JSON types of the file.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditRow))]
internal sealed partial class AuditFileJson : JsonSerializerContext;
