using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>Turns a conversation into a request. Text only: whatever else it holds is refused, never silently dropped.</summary>
internal static class OpenAiRequest
{
    public static CompletionRequest Create(
        string model, bool limitsCompletionTokens, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        if (options?.Tools is { Count: > 0 })
        {
            throw new NotSupportedException("This client does not offer tools to models yet.");
        }

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
        };
    }

    private static IEnumerable<RequestMessage> Instructions(ChatOptions? options) =>
        string.IsNullOrEmpty(options?.Instructions) ? [] : [new RequestMessage("system", options.Instructions)];

    private static IEnumerable<RequestMessage> Convert(ChatMessage message)
    {
        // A model's own thoughts, usage and errors are notes about the conversation, not part of it.
        if (message.Contents.FirstOrDefault(content =>
            content is not (TextContent or TextReasoningContent or UsageContent or ErrorContent)) is { } other)
        {
            throw new NotSupportedException($"This client sends text only, not {other.GetType().Name}.");
        }

        var role = message.Role == ChatRole.User ? "user"
            : message.Role == ChatRole.Assistant ? "assistant"
            : message.Role == ChatRole.System ? "system"
            : throw new NotSupportedException("This client sends messages of user, assistant and system only.");

        // Several servers refuse a message without text, which an aborted reply may have left behind.
        return message.Text is { Length: > 0 } text ? [new RequestMessage(role, text)] : [];
    }
}
