using System.Runtime.CompilerServices;
using Anthropic.Exceptions;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Anthropic;

/// <summary>
/// One model of a server that speaks Anthropic's messages: the SDK's client, held to what the other providers keep. It fails with
/// <see cref="ProviderException"/>, or as its caller's cancellation; a stream that ends without a reason was cut, and that is an error.
/// </summary>
internal sealed class AnthropicChatClient(IChatClient sdk, ProviderErrors errors) : DelegatingChatClient(sdk)
{
    /// <summary>How long a server may be silent.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IReadOnlyList<ChatMessage> asked = [.. WithoutEmpty(messages)];
        await using var updates = base.GetStreamingResponseAsync(asked, Thinkable(asked, options), silence.Token).GetAsyncEnumerator(silence.Token);
        var (ended, said) = (false, false);
        while (await NextAsync(updates, silence, cancellationToken))
        {
            ended |= updates.Current.FinishReason is not null;
            if (updates.Current.FinishReason == ChatFinishReason.ContentFilter && !said)
            {
                throw errors.Failed(ProviderErrorKind.ContentRefused);
            }

            said |= updates.Current.Contents.Any(content => content is TextContent { Text.Length: > 0 } or FunctionCallContent);
            yield return updates.Current;
        }

        if (!ended)
        {
            throw errors.Failed(ProviderErrorKind.Network);
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, CancellationTokenSource silence, CancellationToken ct)
    {
        silence.CancelAfter(LongestSilence);
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (OperationCanceledException quiet) when (!ct.IsCancellationRequested)
        {
            throw errors.Failed(ProviderErrorKind.Timeout, quiet);
        }
        catch (Exception failure) when (failure is AnthropicIOException or IOException or HttpRequestException)
        {
            ct.ThrowIfCancellationRequested();
            throw errors.Failed(ProviderErrorKind.Network, failure);
        }
        catch (AnthropicSseException refused)
        {
            throw errors.Answered(null, new ProviderErrorBody(refused.Message.ToLowerInvariant(), null));
        }
        catch (Exception failure) when (failure is AnthropicException or System.Text.Json.JsonException)
        {
            throw errors.Failed(ProviderErrorKind.Malformed, failure);
        }
    }

    /// <summary>The server wants back, sealed, what led to the last calls of tools; a run that began again after a crash has it no more, and goes on without thinking.</summary>
    private static ChatOptions? Thinkable(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var last = messages.LastOrDefault(message => message.Role == ChatRole.Assistant);
        if (options?.Reasoning is null || last?.Contents.Any(content => content is FunctionCallContent) != true || last.Contents.Any(content => content is TextReasoningContent))
        {
            return options;
        }

        var without = options.Clone();
        without.Reasoning = null;
        return without;
    }

    /// <summary>The server refuses a message without text, which an aborted reply may have left behind.</summary>
    private static IEnumerable<ChatMessage> WithoutEmpty(IEnumerable<ChatMessage> messages) =>
        messages.Where(message => message.Contents.Any(content => content is not TextContent { Text.Length: 0 }));
}
