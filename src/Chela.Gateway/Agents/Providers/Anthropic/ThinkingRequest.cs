using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Anthropic;

/// <summary>Asks a model of Anthropic to think. Those of 2025 are given a number of tokens for it, which the SDK does not do; later ones decide that by a level.</summary>
/// <param name="model">Its name.</param>
/// <param name="maxTokens">The most tokens of one answer, what it thinks included.</param>
internal sealed class ThinkingRequest(string model, int maxTokens)
{
    /// <summary>As the documentation of extended thinking says.</summary>
    private const int FewestTokens = 1_024;

    private readonly bool _isGivenTokens = KnownModels.Find(model) is not null;

    /// <summary>The options as this model takes them.</summary>
    public ChatOptions? Apply(ChatOptions? options, IEnumerable<ChatMessage> messages)
    {
        if (options?.Reasoning?.Effort is not { } effort || (!IsForgotten(messages) && !_isGivenTokens))
        {
            return options;
        }

        var own = options.Clone();
        own.Reasoning = null;
        var tokens = Math.Min(TokensOf(effort), maxTokens / 2);
        if (!IsForgotten(messages) && tokens >= FewestTokens)
        {
            var thinking = new ThinkingConfigParam(new ThinkingConfigEnabled(tokens));
            own.RawRepresentationFactory = _ => new MessageCreateParams { Model = model, MaxTokens = maxTokens, Messages = [], Thinking = thinking };
        }

        return own;
    }

    /// <summary>
    /// True where a model called tools and what it thought before is gone, as in a run that was begun again: it wants that back, sealed, or the server
    /// refuses to have it think.
    /// </summary>
    private static bool IsForgotten(IEnumerable<ChatMessage> messages) =>
        messages.LastOrDefault(message => message.Role == ChatRole.Assistant) is { } last
        && last.Contents.Any(content => content is FunctionCallContent)
        && !last.Contents.Any(content => content is TextReasoningContent);

    private static int TokensOf(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.Low => 2_048,
        ReasoningEffort.Medium => 8_192,
        _ => 16_384,
    };
}
