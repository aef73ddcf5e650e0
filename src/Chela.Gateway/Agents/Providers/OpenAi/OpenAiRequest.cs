using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>Turns a conversation into a request. Texts, pictures, calls of tools and their results: whatever else it holds is refused, never silently dropped.</summary>
internal static class OpenAiRequest
{
    public static CompletionRequest Create(
        string model, bool limitsCompletionTokens, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        var limit = options?.MaxOutputTokens;
        return new CompletionRequest(options?.ModelId ?? model, [.. Instructions(options), .. messages.SelectMany(Convert)])
        {
            Stream = stream,
            StreamOptions = stream ? new StreamOptions(IncludeUsage: true) : null,
            Temperature = options?.Temperature,
            TopP = options?.TopP,
            MaxTokens = limitsCompletionTokens ? null : limit,
            MaxCompletionTokens = limitsCompletionTokens ? limit : null,
            Stop = options?.StopSequences is { Count: > 0 } stop ? [.. stop] : null,
            Tools = options?.Tools is { Count: > 0 } tools ? [.. tools.Select(Convert)] : null,
            ToolChoice = options?.ToolMode is NoneChatToolMode ? "none" : null,
            ReasoningEffort = ReasoningEfforts.Word(options),
        };
    }

    private static IEnumerable<RequestMessage> Instructions(ChatOptions? options) =>
        string.IsNullOrEmpty(options?.Instructions) ? [] : [new RequestMessage("system", RequestContent.Of(options.Instructions))];

    private static RequestTool Convert(AITool tool) => tool is AIFunctionDeclaration function
        ? new RequestTool("function", new RequestFunction(function.Name, function.Description, function.JsonSchema))
        : throw new NotSupportedException($"This client offers models functions only, not {tool.GetType().Name}.");

    /// <summary>Refuses a message that cannot be sent as it is. A model's own thoughts, usage and errors are notes about the conversation, not part of it.</summary>
    /// <exception cref="NotSupportedException">It holds something else than text, pictures and calls of tools.</exception>
    public static void Check(ChatMessage message)
    {
        if (message.Contents.FirstOrDefault(content => !IsPicture(content) && content is not
            (TextContent or FunctionCallContent or FunctionResultContent or TextReasoningContent or UsageContent or ErrorContent)) is { } other)
        {
            throw new NotSupportedException($"This client sends text, pictures and calls of tools only, not {other.GetType().Name}.");
        }
    }

    /// <summary>What a message says: several servers refuse one without text, which an aborted reply may have left behind.</summary>
    public static AIContent[] Said(ChatMessage message) =>
        [.. message.Contents.Where(content => IsPicture(content) || content is TextContent { Text.Length: > 0 })];

    private static IEnumerable<RequestMessage> Convert(ChatMessage message)
    {
        Check(message);
        return message.Role == ChatRole.Tool ? message.Contents.OfType<FunctionResultContent>().Select(Result)
            : message.Role == ChatRole.Assistant ? Said("assistant", message, [.. message.Contents.OfType<FunctionCallContent>().Select(Call)])
            : message.Role == ChatRole.User ? Said("user", message, [])
            : message.Role == ChatRole.System ? Said("system", message, [])
            : throw new NotSupportedException("This client sends messages of user, assistant, system and tools only.");
    }

    private static bool IsPicture(AIContent content) => content is DataContent data && data.HasTopLevelMediaType("image");

    private static IEnumerable<RequestMessage> Said(string role, ChatMessage message, RequestToolCall[] calls)
    {
        var said = Said(message);
        return said.Length == 0 && calls.Length == 0 ? []
            : [new RequestMessage(role, said.Length == 0 ? null : new RequestContent(said)) { ToolCalls = calls.Length == 0 ? null : calls }];
    }

    private static RequestMessage Result(FunctionResultContent result) =>
        new("tool", RequestContent.Of(result.Result as string ?? "")) { ToolCallId = result.CallId };

    private static RequestToolCall Call(FunctionCallContent call) =>
        new(call.CallId, "function", new RequestFunctionCall(call.Name, ToolArguments.Write(call.Arguments)));
}
