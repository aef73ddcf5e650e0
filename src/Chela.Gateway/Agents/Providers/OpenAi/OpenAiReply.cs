using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>Translates the parts of a reply that streamed and whole answers share.</summary>
internal static class OpenAiReply
{
    /// <summary>Reads an answer or chunk.</summary>
    /// <exception cref="ProviderException">It cannot be read, or reports a failure although the status was success.</exception>
    public static Completion Parse(ReadOnlyMemory<byte> json, ProviderErrors errors)
    {
        Completion? completion;
        try
        {
            completion = JsonSerializer.Deserialize(json.Span, OpenAiJson.Default.Completion);
        }
        catch (JsonException unreadable)
        {
            throw errors.Failed(ProviderErrorKind.Malformed, unreadable);
        }

        return completion switch
        {
            null => throw errors.Failed(ProviderErrorKind.Malformed),
            { IsError: true } => throw errors.Answered(null, ProviderErrorBody.Parse(json)),
            _ => completion,
        };
    }

    /// <summary>The reason why a complete reply ended. Servers leave it out or invent their own; such a reply simply stopped.</summary>
    public static ChatFinishReason Finish(string? reason) => reason switch
    {
        "length" or "max_tokens" => ChatFinishReason.Length,
        "content_filter" => ChatFinishReason.ContentFilter,
        "tool_calls" or "function_call" => ChatFinishReason.ToolCalls,
        _ => ChatFinishReason.Stop,
    };

    public static UsageDetails Usage(CompletionUsage usage) => new()
    {
        InputTokenCount = usage.PromptTokens,
        OutputTokenCount = usage.CompletionTokens,
        TotalTokenCount = usage.TotalTokens ?? usage.PromptTokens + usage.CompletionTokens,
        CachedInputTokenCount = usage.PromptTokensDetails?.CachedTokens,
        ReasoningTokenCount = usage.CompletionTokensDetails?.ReasoningTokens,
    };
}
