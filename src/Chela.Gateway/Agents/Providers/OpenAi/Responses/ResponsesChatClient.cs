using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi.Responses;

/// <summary>One model of a server that speaks OpenAI's Responses.</summary>
/// <inheritdoc cref="OpenAiModel"/>
internal sealed class ResponsesChatClient(OpenAiConnection connection, string model) : OpenAiModel(connection, model)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = ResponsesConversation.ToRequest(Model, messages, options);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ResponsesJson.Default.ResponsesRequest);
        using var response = await Connection.SendAsync("responses", body, cancellationToken);
        using var reply = new ResponsesReplyStream(Connection, response, Model);
        while (await reply.NextAsync(cancellationToken) is { } update)
        {
            yield return update;
        }
    }
}
