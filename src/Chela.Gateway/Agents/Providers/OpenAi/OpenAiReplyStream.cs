using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>
/// Follows one streamed reply to its end. Text comes out as it arrives; nothing of the reply is kept, so its length is for
/// the run to bound. The last update, with finish reason and usage, exists only if the reply is complete: a stream that ends
/// with neither a finish reason nor the end mark was cut, and that is an error.
/// </summary>
internal sealed class OpenAiReplyStream(OpenAiConnection connection, PipelineResponse response, string model) : IDisposable
{
    private readonly EventData _events = new(response.ContentStream ?? Stream.Null);
    private readonly ToolCallBuilder _calls = new(connection.Errors);
    private string? _finish;
    private CompletionUsage? _usage;
    private bool _anything;
    private bool _anyText;
    private bool _ended;

    /// <summary>The next update; null after the last.</summary>
    public async Task<ChatResponseUpdate?> NextAsync(CancellationToken ct)
    {
        while (!_ended)
        {
            if (await NextDataAsync(ct) is not { } data || data.AsSpan().SequenceEqual("[DONE]"u8))
            {
                _ended = true;
                return Last();
            }

            if (Take(data) is { } update)
            {
                return update;
            }
        }

        return null;
    }

    public void Dispose() => _events.Dispose();

    private async Task<byte[]?> NextDataAsync(CancellationToken ct)
    {
        try
        {
            if (await connection.GuardAsync(() => _events.NextAsync(ct), ct) is { } data)
            {
                _anything = true;
                return data;
            }
        }
        catch (ProviderException broken) when (
            _finish is not null && broken.Error.Kind is (ProviderErrorKind.Network or ProviderErrorKind.Timeout))
        {
            // The reply was complete; only the usage and the end mark are lost.
            return null;
        }

        return _finish is not null
            ? null
            : throw connection.Errors.Failed(_anything ? ProviderErrorKind.Network : ProviderErrorKind.Malformed);
    }

    private ChatResponseUpdate? Take(byte[] data)
    {
        var chunk = OpenAiReply.Parse(data, connection.Errors);

        _usage = chunk.Usage ?? _usage;
        if (chunk.Choice is not { } choice)
        {
            return null;
        }

        _finish = string.IsNullOrEmpty(choice.FinishReason) ? _finish : choice.FinishReason;
        AddCalls(choice);
        if (choice.Text is not { Length: > 0 } text)
        {
            return null;
        }

        _anyText = true;
        return new ChatResponseUpdate(ChatRole.Assistant, text) { ResponseId = chunk.Id, ModelId = chunk.Model ?? model };
    }

    private void AddCalls(CompletionChoice choice)
    {
        foreach (var piece in choice.ToolCalls)
        {
            _calls.Add(piece);
        }
    }

    private ChatResponseUpdate Last()
    {
        var finish = OpenAiReply.Finish(_finish);
        if (finish == ChatFinishReason.ContentFilter && !_anyText)
        {
            throw connection.Errors.Failed(ProviderErrorKind.ContentRefused);
        }

        // The calls come with the last update: of a stream that was cut none may be made.
        IEnumerable<AIContent> usage = _usage is null ? [] : [new UsageContent(OpenAiReply.Usage(_usage))];
        return new ChatResponseUpdate(ChatRole.Assistant, [.. _calls.ToContents(), .. usage])
        {
            ModelId = model,
            FinishReason = _calls.IsEmpty ? finish : ChatFinishReason.ToolCalls,
        };
    }
}
