using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>Parameters of <c>artifacts.list</c>.</summary>
internal sealed record ArtifactsListParams(
    [property: Description("The conversation."), StringLength(SessionKey.MaxLength, MinimumLength = 1)] string SessionKey)
{
    [Description("The agent of a short key; the default agent without it."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Only files of this run."), MinLength(1)]
    public string? RunId { get; init; }

    [Description("Only files that came from this side."), AllowedValues(TranscriptEntry.Assistant)]
    public string? MessageRole { get; init; }

    [Description("Only files of this kind."), AllowedValues(Artifact.Image)]
    public string? Type { get; init; }

    [Description("The most of them; the newest are returned."), Range(1, ArtifactList.Most)]
    public int? Limit { get; init; }
}

/// <summary>Parameters of <c>artifacts.get</c> and <c>artifacts.download</c>.</summary>
internal sealed record ArtifactParams(
    [property: Description("The conversation."), StringLength(SessionKey.MaxLength, MinimumLength = 1)] string SessionKey,
    [property: Description("The file, as artifacts.list names it."), StringLength(128, MinimumLength = 1)] string ArtifactId)
{
    [Description("The agent of a short key; the default agent without it."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Only a file of this run."), MinLength(1)]
    public string? RunId { get; init; }

    [Description("Only a file that came from this side."), AllowedValues(TranscriptEntry.Assistant)]
    public string? MessageRole { get; init; }

    [Description("How the content shall come. It always comes in the answer."), AllowedValues("http")]
    public string? Transport { get; init; }
}

/// <summary>Result of <c>artifacts.list</c>.</summary>
/// <param name="Artifacts">In the order in which they came.</param>
internal sealed record ArtifactsListResult(IReadOnlyList<Artifact> Artifacts);

/// <summary>Result of <c>artifacts.get</c>.</summary>
internal sealed record ArtifactResult(Artifact Artifact);

/// <summary>Result of <c>artifacts.download</c>.</summary>
/// <param name="Data">The content in base64.</param>
internal sealed record ArtifactDownload(Artifact Artifact, string Encoding, string Data);

/// <summary>A file that came with a message, without its content.</summary>
/// <param name="Id">The hash of its content.</param>
/// <param name="Type"><c>image</c> or <c>file</c>.</param>
/// <param name="Title">What its sender calls it.</param>
/// <param name="MessageSeq">The place of its message in the transcript, from 1.</param>
internal sealed record Artifact(
    string Id, string Type, string Title, string MimeType, long SizeBytes, string SessionKey, long MessageSeq, ArtifactSource Download)
{
    public const string Image = "image";
    public const string Other = "file";

    public string? RunId { get; init; }
}

/// <summary>How the content can be had: <c>bytes</c>, in the answer.</summary>
internal sealed record ArtifactSource(string Mode);

/// <summary>JSON types of this slice. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ArtifactsListParams))]
[JsonSerializable(typeof(ArtifactParams))]
[JsonSerializable(typeof(ArtifactsListResult))]
[JsonSerializable(typeof(ArtifactResult))]
[JsonSerializable(typeof(ArtifactDownload))]
internal sealed partial class ArtifactsJson : JsonSerializerContext;
