using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi.Responses;

/// <summary>
/// Follows one streamed response to its end. Text comes out as it arrives; calls of tools come with the last update, which exists only if the
/// server said how the response ended: a stream that ends without that was cut, and that is an error.
/// </summary>
internal sealed class ResponsesReplyStream(OpenAiConnection connection, PipelineResponse response, string model) : IDisposable
{
    /// <summary>The longest event. Those of beginning and end repeat the request's instructions and tools, and the whole answer.</summary>
    private const int LongestEvent = 8 * EventData.LongestLine;

    private readonly EventData _events = new(response.ContentStream ?? Stream.Null, LongestEvent);
    private readonly ToolCallBuilder _calls = new(connection.Errors);
    private bool _anything;
    private bool _anyText;
    private bool _ended;

    /// <summary>The next update; null after the last.</summary>
    public async Task<ChatResponseUpdate?> NextAsync(CancellationToken ct)
    {
        while (!_ended)
        {
            if (await connection.GuardAsync(() => _events.NextAsync(ct), ct) is not { } data)
            {
                throw connection.Errors.Failed(_anything ? ProviderErrorKind.Network : ProviderErrorKind.Malformed);
            }

            _anything = true;
            if (Take(data) is { } update)
            {
                return update;
            }
        }

        return null;
    }

    public void Dispose() => _events.Dispose();

    private ChatResponseUpdate? Take(byte[] data)
    {
        var seen = Read(data, ResponsesJson.Default.ResponsesEvent);
        switch (seen.Type)
        {
            case "response.output_text.delta" or "response.refusal.delta":
                return Say(Read(data, ResponsesJson.Default.ResponsesDelta).Delta); // a refusal is written for the user like any other text
            case "response.output_item.done":
                AddCall(Read(data, ResponsesJson.Default.ResponsesItemDone).Item);
                return null;
            case "response.completed" or "response.incomplete":
                return Last(Read(data, ResponsesJson.Default.ResponsesEnd).Response ?? new ResponsesState());
            case "response.failed" or "error":
            case null when seen.Error.ValueKind is JsonValueKind.Object or JsonValueKind.String:
                throw connection.Errors.Answered(null, ProviderErrorBody.Parse(data));
            case null:
                throw connection.Errors.Failed(ProviderErrorKind.Malformed);
            default:
                return null; // beginnings, thoughts, and pieces of what comes again whole
        }
    }

    private ChatResponseUpdate? Say(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        _anyText = true;
        return new ChatResponseUpdate(ChatRole.Assistant, text) { ModelId = model };
    }

    private void AddCall(ResponsesItem? item)
    {
        if (item is { Type: "function_call" })
        {
            _calls.Add(new CompletionToolCall(Id: item.CallId ?? Guid.NewGuid().ToString("N"), Function: new CompletionFunctionCall(item.Name, item.Arguments)));
        }
    }

    private ChatResponseUpdate Last(ResponsesState state)
    {
        var finish = state.IncompleteDetails?.Reason switch
        {
            null => ChatFinishReason.Stop,
            "content_filter" => ChatFinishReason.ContentFilter,
            _ => ChatFinishReason.Length,
        };
        if (finish == ChatFinishReason.ContentFilter && !_anyText)
        {
            throw connection.Errors.Failed(ProviderErrorKind.ContentRefused);
        }

        _ended = true;
        IEnumerable<AIContent> usage = state.Usage is { } tokens ? [new UsageContent(Usage(tokens))] : [];
        return new ChatResponseUpdate(ChatRole.Assistant, [.. _calls.ToContents(), .. usage])
        {
            ModelId = model,
            FinishReason = _calls.IsEmpty ? finish : ChatFinishReason.ToolCalls,
        };
    }

    private static UsageDetails Usage(ResponsesUsage usage) => new()
    {
        InputTokenCount = usage.InputTokens,
        OutputTokenCount = usage.OutputTokens,
        TotalTokenCount = usage.TotalTokens ?? usage.InputTokens + usage.OutputTokens,
        CachedInputTokenCount = usage.InputTokensDetails?.CachedTokens,
        ReasoningTokenCount = usage.OutputTokensDetails?.ReasoningTokens,
    };

    private T Read<T>(byte[] data, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(data, type) ?? throw connection.Errors.Failed(ProviderErrorKind.Malformed);
        }
        catch (JsonException unreadable)
        {
            throw connection.Errors.Failed(ProviderErrorKind.Malformed, unreadable);
        }
    }
}
