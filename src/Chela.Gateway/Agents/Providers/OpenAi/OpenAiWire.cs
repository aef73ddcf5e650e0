using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>A chat completion request.</summary>
internal sealed record CompletionRequest(string Model, IReadOnlyList<RequestMessage> Messages)
{
    public bool Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? MaxTokens { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public IReadOnlyList<string>? Stop { get; init; }

    public IReadOnlyList<RequestTool>? Tools { get; init; }

    /// <summary><c>none</c>, or absent.</summary>
    public string? ToolChoice { get; init; }

    /// <summary>How hard the model thinks.</summary>
    public string? ReasoningEffort { get; init; }
}

/// <summary>One message of the conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">What it says; null where an assistant only calls tools.</param>
internal sealed record RequestMessage(string Role, RequestContent? Content)
{
    public IReadOnlyList<RequestToolCall>? ToolCalls { get; init; }

    /// <summary>The call that the message of a tool answers.</summary>
    public string? ToolCallId { get; init; }
}

/// <summary>A tool that the model may call.</summary>
internal sealed record RequestTool(string Type, RequestFunction Function);

/// <summary>The function of a tool; its parameters are a JSON Schema.</summary>
internal sealed record RequestFunction(string Name, string Description, JsonElement Parameters);

/// <summary>A call that the model made earlier.</summary>
internal sealed record RequestToolCall(string Id, string Type, RequestFunctionCall Function);

/// <summary>The same; the arguments are JSON in a string.</summary>
internal sealed record RequestFunctionCall(string Name, string Arguments);

/// <summary>Asks for token usage at the end of a stream.</summary>
internal sealed record StreamOptions(bool IncludeUsage);

/// <summary>A whole answer, or one chunk of a streamed one. Servers leave out almost anything, so everything may be absent.</summary>
internal sealed record Completion(
    string? Id = null,
    string? Model = null,
    IReadOnlyList<CompletionChoice?>? Choices = null,
    CompletionUsage? Usage = null,
    string? Object = null,
    JsonElement Error = default)
{
    /// <summary>The first choice; we never ask for more, and some chunks have none.</summary>
    public CompletionChoice? Choice => Choices is [var first, ..] ? first : null;

    /// <summary>Whether the server reports a failure in the place of an answer.</summary>
    public bool IsError => Error.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)
        || Object == "error" || Choice?.FinishReason == "error";
}

/// <summary>One alternative of an answer: a delta in a stream, a message otherwise.</summary>
internal sealed record CompletionChoice(CompletionText? Delta = null, CompletionText? Message = null, string? FinishReason = null)
{
    /// <summary>The text of this chunk or answer, empty if it has none.</summary>
    public string Text => (Delta ?? Message) is { } text ? text.Content ?? text.Refusal ?? "" : "";

    /// <summary>The calls of this chunk or answer, or pieces of them.</summary>
    public IEnumerable<CompletionToolCall> ToolCalls => ((Delta ?? Message)?.ToolCalls ?? []).OfType<CompletionToolCall>();
}

/// <summary>The text of a choice. A refusal is written for the user like any other text.</summary>
internal sealed record CompletionText(
    [property: JsonConverter(typeof(CompletionContentConverter))] string? Content = null,
    string? Refusal = null,
    IReadOnlyList<CompletionToolCall?>? ToolCalls = null);

/// <summary>A call of a tool, or in a stream a piece of one: the first has id and name, the arguments come bit by bit.</summary>
/// <param name="Index">Which of several calls in a stream it belongs to; some servers leave it out and send each call whole.</param>
internal sealed record CompletionToolCall(int? Index = null, string? Id = null, CompletionFunctionCall? Function = null);

/// <summary>Name and arguments, as far as they have come.</summary>
internal sealed record CompletionFunctionCall(string? Name = null, [property: JsonConverter(typeof(ArgumentsConverter))] string? Arguments = null);

/// <summary>How many tokens were used.</summary>
internal sealed record CompletionUsage(
    long? PromptTokens = null,
    long? CompletionTokens = null,
    long? TotalTokens = null,
    PromptTokensDetails? PromptTokensDetails = null,
    CompletionTokensDetails? CompletionTokensDetails = null);

/// <summary>Parts of the input tokens.</summary>
internal sealed record PromptTokensDetails(long? CachedTokens = null);

/// <summary>Parts of the output tokens.</summary>
internal sealed record CompletionTokensDetails(long? ReasoningTokens = null);

/// <summary>Serialization of the chat completions protocol.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(Completion))]
internal sealed partial class OpenAiJson : JsonSerializerContext;
