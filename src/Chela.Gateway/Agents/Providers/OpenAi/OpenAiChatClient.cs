using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>One model of a server that speaks OpenAI's chat completions.</summary>
/// <inheritdoc cref="OpenAiModel"/>
internal sealed class OpenAiChatClient(OpenAiConnection connection, string model) : OpenAiModel(connection, model)
{
    /// <summary>The longest whole answer that is read; a streamed one is not held at all.</summary>
    private const int LongestAnswer = 8 * 1024 * 1024;

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(messages, options, stream: false, cancellationToken);
        var body = await Connection.GuardAsync(
            () => OpenAiConnection.ReadAsync(response, LongestAnswer, cancellationToken), cancellationToken);
        var answer = OpenAiReply.Parse(body, Connection.Errors);
        if (answer.Choice is not { } choice)
        {
            throw Connection.Errors.Failed(ProviderErrorKind.Malformed);
        }

        var finish = OpenAiReply.Finish(choice.FinishReason);
        if (finish == ChatFinishReason.ContentFilter && choice.Text.Length == 0)
        {
            throw Connection.Errors.Failed(ProviderErrorKind.ContentRefused);
        }

        var calls = new ToolCallBuilder(Connection.Errors);
        foreach (var (index, call) in choice.ToolCalls.Index())
        {
            calls.Add(call with { Index = index });
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextContent(choice.Text), .. calls.ToContents()]))
        {
            ResponseId = answer.Id,
            ModelId = answer.Model ?? Model,
            FinishReason = calls.IsEmpty ? finish : ChatFinishReason.ToolCalls,
            Usage = answer.Usage is null ? null : OpenAiReply.Usage(answer.Usage),
        };
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(messages, options, stream: true, cancellationToken);
        using var reply = new OpenAiReplyStream(Connection, response, Model);
        while (await reply.NextAsync(cancellationToken) is { } update)
        {
            yield return update;
        }
    }

    private Task<PipelineResponse> SendAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream, CancellationToken ct) =>
        Connection.SendAsync("chat/completions", JsonSerializer.SerializeToUtf8Bytes(Request(messages, options, stream), OpenAiJson.Default.CompletionRequest), ct);

    private CompletionRequest Request(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream) =>
        OpenAiRequest.Create(Model, Connection.LimitsCompletionTokens, messages, options, stream);
}
