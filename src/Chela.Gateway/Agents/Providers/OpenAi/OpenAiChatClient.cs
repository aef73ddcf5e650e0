using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>
/// One model of a server that speaks OpenAI's chat completions. It fails with <see cref="ProviderException"/>, or as its caller's cancellation.
/// </summary>
/// <param name="connection">The server, shared with other models.</param>
/// <param name="model">The model to ask where the options name none.</param>
internal sealed class OpenAiChatClient(OpenAiConnection connection, string model) : IChatClient
{
    /// <summary>The longest whole answer that is read; a streamed one is not held at all.</summary>
    private const int LongestAnswer = 8 * 1024 * 1024;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(messages, options, stream: false, cancellationToken);
        var body = await connection.GuardAsync(
            () => OpenAiConnection.ReadAsync(response, LongestAnswer, cancellationToken), cancellationToken);
        var answer = OpenAiReply.Parse(body, connection.Errors);
        if (answer.Choice is not { } choice)
        {
            throw connection.Errors.Failed(ProviderErrorKind.Malformed);
        }

        var finish = OpenAiReply.Finish(choice.FinishReason);
        if (finish == ChatFinishReason.ContentFilter && choice.Text.Length == 0)
        {
            throw connection.Errors.Failed(ProviderErrorKind.ContentRefused);
        }

        var calls = new ToolCallBuilder(connection.Errors);
        foreach (var (index, call) in choice.ToolCalls.Index())
        {
            calls.Add(call with { Index = index });
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextContent(choice.Text), .. calls.ToContents()]))
        {
            ResponseId = answer.Id,
            ModelId = answer.Model ?? model,
            FinishReason = calls.IsEmpty ? finish : ChatFinishReason.ToolCalls,
            Usage = answer.Usage is null ? null : OpenAiReply.Usage(answer.Usage),
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(messages, options, stream: true, cancellationToken);
        using var reply = new OpenAiReplyStream(connection, response, model);
        while (await reply.NextAsync(cancellationToken) is { } update)
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(connection.Name, connection.Endpoint, model)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // The connection belongs to the provider and outlives this view of it.
    }

    private Task<PipelineResponse> SendAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream, CancellationToken ct) =>
        connection.SendAsync("chat/completions", JsonSerializer.SerializeToUtf8Bytes(Request(messages, options, stream), OpenAiJson.Default.CompletionRequest), ct);

    private CompletionRequest Request(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream) =>
        OpenAiRequest.Create(model, connection.LimitsCompletionTokens, messages, options, stream);
}
