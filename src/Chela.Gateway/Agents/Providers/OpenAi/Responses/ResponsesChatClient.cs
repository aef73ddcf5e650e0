using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi.Responses;

/// <summary>
/// One model of a server that speaks OpenAI's Responses. It fails with <see cref="ProviderException"/>, or as its caller's cancellation.
/// </summary>
/// <param name="connection">The server, shared with other models.</param>
/// <param name="model">The model to ask where the options name none.</param>
internal sealed class ResponsesChatClient(OpenAiConnection connection, string model) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = ResponsesConversation.ToRequest(model, messages, options);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ResponsesJson.Default.ResponsesRequest);
        using var response = await connection.SendAsync("responses", body, cancellationToken);
        using var reply = new ResponsesReplyStream(connection, response, model);
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
}
