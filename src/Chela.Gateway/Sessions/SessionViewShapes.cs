using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Sessions;

/// <summary>Parameters of <c>sessions.describe</c>.</summary>
internal sealed record SessionsDescribeParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    public bool? IncludeDerivedTitles { get; init; }

    public bool? IncludeLastMessage { get; init; }
}

/// <summary>Result of <c>sessions.describe</c>; null when there is no such session.</summary>
internal sealed record SessionsDescribeResult
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public SessionInfo? Session { get; init; }
}

/// <summary>Parameters of <c>sessions.get</c>.</summary>
internal sealed record SessionsGetParams
{
    [Description("The session key, under either name."), MinLength(1)]
    public string? Key { get; init; }

    [MinLength(1)]
    public string? SessionKey { get; init; }

    [MinLength(1)]
    public string? AgentId { get; init; }

    [Range(1, 1000)]
    public int? Limit { get; init; }
}

/// <summary>Result of <c>sessions.get</c>.</summary>
internal sealed record SessionsGetResult(IReadOnlyList<TranscriptMessage> Messages);

/// <summary>Parameters of <c>sessions.preview</c>.</summary>
internal sealed record SessionsPreviewParams([property: MinLength(1), MaxLength(100)] IReadOnlyList<string> Keys)
{
    [Description("The most messages of each session; 12 without it."), Range(1, 50)]
    public int? Limit { get; init; }

    [Description("The longest text of one message; 240 without it."), Range(20, 2000)]
    public int? MaxChars { get; init; }
}

/// <summary>Result of <c>sessions.preview</c>.</summary>
internal sealed record SessionsPreviewResult(long Ts, IReadOnlyList<SessionPreview> Previews);

/// <summary>A session in short.</summary>
/// <param name="Key">As it was asked for.</param>
/// <param name="Status"><c>ok</c>, <c>empty</c>, <c>missing</c> or <c>error</c>.</param>
internal sealed record SessionPreview(string Key, string Status, IReadOnlyList<PreviewItem> Items);

/// <summary>A message in short.</summary>
internal sealed record PreviewItem(string Role, string Text);

/// <summary>Parameters of <c>sessions.resolve</c>: one of the first three.</summary>
internal sealed record SessionsResolveParams
{
    [MinLength(1)]
    public string? Key { get; init; }

    [MinLength(1)]
    public string? SessionId { get; init; }

    [StringLength(512, MinimumLength = 1)]
    public string? Label { get; init; }

    [Description("Only sessions of this agent."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("True answers {ok: false} where an error would be.")]
    public bool? AllowMissing { get; init; }

    [Description("Accepted; there is no global session.")]
    public bool? IncludeGlobal { get; init; }

    [Description("Accepted; every session is known.")]
    public bool? IncludeUnknown { get; init; }
}

/// <summary>Result of <c>sessions.resolve</c>.</summary>
internal sealed record SessionsResolveResult(bool Ok)
{
    public string? Key { get; init; }

    public string? AgentId { get; init; }

    public string? DisplayName { get; init; }
}
