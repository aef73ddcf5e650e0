using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>One model of a server that speaks one of OpenAI's protocols. It fails with <see cref="ProviderException"/>, or as its caller's cancellation.</summary>
/// <param name="connection">The server, shared with other models.</param>
/// <param name="model">The model to ask where the options name none.</param>
internal abstract class OpenAiModel(OpenAiConnection connection, string model) : IChatClient
{
    /// <summary>The server.</summary>
    protected OpenAiConnection Connection => connection;

    /// <summary>The model.</summary>
    protected string Model => model;

    public abstract Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default);

    public abstract IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default);

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
