using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Echo;

/// <summary>
/// The model <c>echo/echo</c>: streams the user's last message back word by word, always the same for the same input.
/// A message <c>/slow 50 hello there</c> is answered with <c>hello there</c>, waiting 50 ms (at most 5000) before each word,
/// so that streaming and abort can be tried out without a key.
/// </summary>
/// <param name="clock">What the waits are measured by.</param>
/// <param name="betweenWords">A wait between the words of every reply; none by default.</param>
internal sealed class EchoChatClient(TimeProvider clock, TimeSpan betweenWords = default) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages.ToList();
        var script = EchoScript.Parse(conversation.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "");
        var first = true;
        foreach (var word in EchoScript.Words(script.Text))
        {
            var wait = script.BeforeEachWord ?? (first ? TimeSpan.Zero : betweenWords);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            first = false;
            yield return new ChatResponseUpdate(ChatRole.Assistant, word) { ModelId = EchoProvider.ModelName };
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(CountUsage(conversation, script.Text))])
        {
            ModelId = EchoProvider.ModelName,
            FinishReason = ChatFinishReason.Stop,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(EchoProvider.ProviderName, null, EchoProvider.ModelName)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // Nothing is held; the interface asks for it.
    }

    private static UsageDetails CountUsage(List<ChatMessage> conversation, string reply)
    {
        var input = conversation.Sum(message => CountWords(message.Text));
        var output = CountWords(reply);
        return new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };
    }

    private static long CountWords(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
