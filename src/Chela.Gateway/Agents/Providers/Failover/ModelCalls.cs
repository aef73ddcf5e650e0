using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Chela.Gateway.Agents.Providers.Failover;

/// <summary>A piece of an answer, and the model that it comes from.</summary>
internal readonly record struct ModelUpdate(ModelRef Model, ChatResponseUpdate Update)
{
    /// <summary>True when it was kept from an earlier time: nobody asked the model.</summary>
    public bool IsRepeated { get; init; }
}

/// <summary>
/// Asks a model, and where it fails before it said anything, again or another one. Once a word was told there is no way back: what fails then is
/// the answer's end.
/// </summary>
internal sealed partial class ModelCalls
{
    /// <summary>The most pieces of what a model thinks before its first word that are kept: far more than any does.</summary>
    private const int MostThoughts = 100_000;

    /// <summary>A provider that wants more time than this is not waited for.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly ResiliencePropertyKey<ModelRef> AskedModel = new("model");

    private readonly ProviderCatalog _catalog;
    private readonly ModelHealth _health;
    private readonly ILogger<ModelCalls> _logger;
    private readonly ResiliencePipeline<Answer> _retry;

    public ModelCalls(ProviderCatalog catalog, ModelHealth health, TimeProvider time, ILogger<ModelCalls> logger)
    {
        (_catalog, _health, _logger) = (catalog, health, logger);
        _retry = new ResiliencePipelineBuilder<Answer> { TimeProvider = time }.AddRetry(Again()).Build();
    }

    /// <summary>The answer to a conversation, as it comes.</summary>
    /// <param name="models">The models to ask, the preferred one first; at least one.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Tools and the like.</param>
    /// <param name="ct">Ends the call.</param>
    /// <exception cref="ProviderException">No model answered, or the one that did broke off.</exception>
    public async IAsyncEnumerable<ModelUpdate> AskAsync(
        IReadOnlyList<ModelRef> models, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken ct)
    {
        using var trace = ModelTrace.Begin(models[0]);
        var answer = await FindAsync(models, messages, options, ct);
        trace?.Answers(answer.Model);
        await using var updates = answer.Updates;
        foreach (var thought in answer.Thought)
        {
            yield return new ModelUpdate(answer.Model, thought);
        }

        for (var more = answer.HasUpdate; more; more = await updates.MoveNextAsync())
        {
            trace?.Says(updates.Current);
            yield return new ModelUpdate(answer.Model, updates.Current);
        }

        trace?.Succeed();
    }

    private async Task<Answer> FindAsync(IReadOnlyList<ModelRef> models, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken ct)
    {
        var refusals = new List<ProviderException>();
        foreach (var model in _health.Order(models))
        {
            try
            {
                var answer = await AskAsWellAsItTakesAsync(model, messages, options, ct);
                _health.Succeeded(model);
                return answer;
            }
            catch (ProviderException refused)
            {
                _health.Failed(model, refused.Error);
                refusals.Add(refused);
                if (!FailureRule.Of(refused.Error.Kind).FailsOver)
                {
                    break;
                }

                Log.Failed(_logger, model, refused.Error.Kind, refused.Message);
            }
        }

        throw refusals.Count == 1 ? refusals[0] : Together(refusals);
    }

    /// <summary>Asks one model, without tools where it takes none: small models that run at home often do not.</summary>
    private async Task<Answer> AskAsWellAsItTakesAsync(ModelRef model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken ct)
    {
        try
        {
            return await AskAsync(model, messages, options, ct);
        }
        catch (ProviderException refused) when (refused.Error.Kind == ProviderErrorKind.ToolsUnsupported && options?.Tools is { Count: > 0 })
        {
            Log.WithoutTools(_logger, model);
            return await AskAsync(model, messages, WithoutTools(options), ct);
        }
    }

    /// <summary>Asks one model, again where that may help.</summary>
    private async Task<Answer> AskAsync(ModelRef model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken ct)
    {
        var client = _catalog.CreateClient(model);
        var known = _catalog.Describe(model);
        var readable = Sight.Of(known, messages);
        var possible = options?.Reasoning is null || known.Reasoning == true ? options : WithoutThinking(options);
        var context = ResilienceContextPool.Shared.Get(ct);
        context.Properties.Set(AskedModel, model);
        try
        {
            return await _retry.ExecuteAsync(async _ => await OpenAsync(model, client.GetStreamingResponseAsync(readable, possible, ct), ct), context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ChatOptions WithoutTools(ChatOptions options)
    {
        var without = options.Clone();
        (without.Tools, without.ToolMode) = (null, null);
        return without;
    }

    /// <summary>For a model that does not think in levels: the wish may be older than the choice of the model, or meant for the one that failed.</summary>
    private static ChatOptions WithoutThinking(ChatOptions options)
    {
        var without = options.Clone();
        without.Reasoning = null;
        return without;
    }

    /// <summary>Begins an answer: returns with its first words, and what the model thought before. A model that fails while it thinks has said nothing yet.</summary>
    private static async Task<Answer> OpenAsync(ModelRef model, IAsyncEnumerable<ChatResponseUpdate> answer, CancellationToken ct)
    {
        var updates = answer.GetAsyncEnumerator(ct);
        try
        {
            var thought = new List<ChatResponseUpdate>();
            var more = await updates.MoveNextAsync();
            while (more && updates.Current is { FinishReason: null, Text.Length: 0 } quiet && !quiet.Contents.Any(content => content is FunctionCallContent))
            {
                if (thought.Count < MostThoughts && quiet.Contents.Any(content => content is TextReasoningContent))
                {
                    thought.Add(quiet);
                }

                more = await updates.MoveNextAsync();
            }

            return new Answer(model, thought, updates, more);
        }
        catch
        {
            await updates.DisposeAsync();
            throw;
        }
    }

    /// <summary>The failure of the model that was wanted, as the user is told when no other could help either.</summary>
    private static ProviderException Together(List<ProviderException> refusals)
    {
        var last = refusals[^1].Error;
        var told = FailureRule.Of(last.Kind).FailsOver ? refusals[0].Error : last;
        return new ProviderException(told with { Message = $"{told.Message} None of {refusals.Count} models answered." }, refusals[^1]);
    }

    private RetryStrategyOptions<Answer> Again() => new()
    {
        ShouldHandle = attempt => new(attempt.Outcome.Exception is ProviderException { Error: var error }
            && attempt.AttemptNumber < FailureRule.Of(error.Kind).Retries
            && (error.RetryAfter ?? TimeSpan.Zero) <= LongestWait),
        MaxRetryAttempts = 2,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstWait,
        DelayGenerator = attempt => new((attempt.Outcome.Exception as ProviderException)?.Error.RetryAfter),
        OnRetry = attempt =>
        {
            Log.Again(_logger, attempt.Context.Properties.GetValue(AskedModel, default), attempt.RetryDelay, attempt.Outcome.Exception!.Message);
            return default;
        },
    };

    /// <summary>An answer that has begun.</summary>
    private sealed record Answer(ModelRef Model, IReadOnlyList<ChatResponseUpdate> Thought, IAsyncEnumerator<ChatResponseUpdate> Updates, bool HasUpdate);

    private static partial class Log
    {
        [LoggerMessage(1420, LogLevel.Information, "Model {Model} is asked again in {Wait}: {Reason}")]
        public static partial void Again(ILogger logger, ModelRef model, TimeSpan wait, string reason);

        [LoggerMessage(1422, LogLevel.Information, "Model {Model} takes no tools, and is asked without")]
        public static partial void WithoutTools(ILogger logger, ModelRef model);

        [LoggerMessage(1421, LogLevel.Warning, "Model {Model} did not answer ({Kind}): {Reason}")]
        public static partial void Failed(ILogger logger, ModelRef model, ProviderErrorKind kind, string reason);
    }
}
