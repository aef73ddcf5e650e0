using System.Diagnostics.CodeAnalysis;
using Anthropic;
using Anthropic.Core;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Anthropic;

/// <summary>One server with its credential, shared by the clients of all its models.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The SDK's client would only dispose the HTTP client, which is not its own.")]
internal sealed class AnthropicConnection
{
    /// <summary>The protocol wants a limit for every answer; this is one that all models take.</summary>
    private const int UsualMaxTokens = 8192;

    private readonly ProviderSettings _settings;
    private readonly AnthropicClient _sdk;

    /// <summary>Sets up the connection; nothing is sent.</summary>
    /// <param name="settings">The server and its credential.</param>
    /// <param name="http">The pooled client, owned by the caller.</param>
    /// <param name="clock">Today, for a <c>Retry-After</c> that is a date.</param>
    public AnthropicConnection(ProviderSettings settings, HttpClient http, TimeProvider clock)
    {
        _settings = settings;
        _sdk = new AnthropicClient(new ClientOptions
        {
            BaseUrl = settings.Endpoint.ToString().TrimEnd('/'),
            ApiKey = settings.ApiKey ?? "no-key",
            HttpClient = http,
            Handlers = [new RefusalHandler(settings.Errors, clock)],
            ExtraHeaders = settings.Headers.Count > 0 ? settings.Headers : null,

            // Whether to try again, and with which model, is decided by the run; how long a server may be silent by the client.
            MaxRetries = 0,
            Timeout = TimeSpan.FromDays(1),
        });
    }

    public IChatClient CreateClient(string model)
    {
        var limit = (_settings.Models.FirstOrDefault(info => info.Id == model) ?? ModelInfo.Of(_settings.Name, new Config.ModelConfig { Id = model })).MaxTokens;

        // Those of 2025 are given a number of tokens to think with, later ones find it themselves.
        var thinking = KnownModels.Find(model) is null ? AnthropicThinkingMode.Adaptive : AnthropicThinkingMode.Extended;
        return new AnthropicChatClient(_sdk.AsIChatClient(model, limit ?? UsualMaxTokens, thinking), _settings.Errors);
    }
}
