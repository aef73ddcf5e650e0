using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers.OpenAi.Responses;

/// <summary>A request for a response.</summary>
internal sealed record ResponsesRequest(string Model, IReadOnlyList<ResponsesInput> Input)
{
    public string? Instructions { get; init; }

    public bool Stream { get; init; } = true;

    /// <summary>The conversation is ours: the server keeps nothing of it.</summary>
    public bool Store { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? MaxOutputTokens { get; init; }

    public IReadOnlyList<ResponsesTool>? Tools { get; init; }

    /// <summary><c>none</c>, or absent.</summary>
    public string? ToolChoice { get; init; }

    public ResponsesReasoning? Reasoning { get; init; }
}

/// <summary>How hard the model thinks.</summary>
internal sealed record ResponsesReasoning(string Effort);

/// <summary>A tool that the model may call; its parameters are a JSON Schema, which need not be one of the kind that the server enforces.</summary>
internal sealed record ResponsesTool(string Type, string Name, string Description, JsonElement Parameters, bool Strict);

/// <summary>One item of the conversation: a message, a call of a tool, or its result.</summary>
internal sealed record ResponsesInput(string Type)
{
    public string? Role { get; init; }

    [JsonConverter(typeof(ResponsesContentConverter))]
    public RequestContent? Content { get; init; }

    public string? CallId { get; init; }

    public string? Name { get; init; }

    public string? Arguments { get; init; }

    public string? Output { get; init; }
}

/// <summary>Writes what a message says for Responses.</summary>
internal sealed class ResponsesContentConverter : RequestContentConverter
{
    protected override void WritePicture(Utf8JsonWriter writer, string url)
    {
        writer.WriteString("type", "input_image");
        writer.WriteString("image_url", url);
    }

    protected override void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteString("type", "input_text");
        writer.WriteString("text", text);
    }
}

/// <summary>What every event of a stream has.</summary>
internal sealed record ResponsesEvent(string? Type = null, JsonElement Error = default);

/// <summary>Some more words.</summary>
internal sealed record ResponsesDelta(string? Delta = null);

/// <summary>An item of the answer is complete.</summary>
internal sealed record ResponsesItemDone(ResponsesItem? Item = null);

/// <summary>An item of the answer, as far as it is a call of a tool.</summary>
internal sealed record ResponsesItem(string? Type = null, string? CallId = null, string? Name = null, string? Arguments = null);

/// <summary>The answer has ended.</summary>
internal sealed record ResponsesEnd(ResponsesState? Response = null);

/// <summary>How it ended.</summary>
internal sealed record ResponsesState(ResponsesGap? IncompleteDetails = null, ResponsesUsage? Usage = null);

/// <summary>Why an answer is not whole.</summary>
internal sealed record ResponsesGap(string? Reason = null);

/// <summary>How many tokens were used.</summary>
internal sealed record ResponsesUsage(
    long? InputTokens = null,
    long? OutputTokens = null,
    long? TotalTokens = null,
    PromptTokensDetails? InputTokensDetails = null,
    CompletionTokensDetails? OutputTokensDetails = null);

/// <summary>Serialization of the Responses protocol.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResponsesRequest))]
[JsonSerializable(typeof(ResponsesEvent))]
[JsonSerializable(typeof(ResponsesDelta))]
[JsonSerializable(typeof(ResponsesItemDone))]
[JsonSerializable(typeof(ResponsesEnd))]
internal sealed partial class ResponsesJson : JsonSerializerContext;
