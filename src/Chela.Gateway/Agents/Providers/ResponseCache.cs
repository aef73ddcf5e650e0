using System.Runtime.CompilerServices;
using System.Text;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Config;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace Chela.Gateway.Agents.Providers;

/// <summary>
/// Tells an answer again to an agent that asks the same model the very same, where the agent wants that. Only whole answers without calls of tools
/// are kept, and only while the process runs.
/// </summary>
internal sealed class ResponseCache(ModelCalls models, TimeProvider time) : IDisposable
{
    /// <summary>All answers together, in bytes; when there is no more room, some that were not asked for lately go.</summary>
    private const long MostBytes = 32 * 1024 * 1024;

    /// <summary>The longest answer that is kept.</summary>
    private const long LongestAnswer = 1024 * 1024;

    private readonly Lazy<MemoryCache> _answers = new(() => new MemoryCache(new MemoryCacheOptions { SizeLimit = MostBytes, Clock = new Clock(time) }));

    /// <summary>The answer to a conversation, as it comes or came.</summary>
    /// <param name="agent">Who asks, and how long it wants answers kept.</param>
    /// <param name="asked">The models to ask, the preferred one first; only what that one says is kept.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Tools and the like.</param>
    /// <param name="ct">Ends the call.</param>
    /// <exception cref="ProviderException">No model answered, or the one that did broke off.</exception>
    public IAsyncEnumerable<ModelUpdate> AskAsync(
        AgentInForce agent, IReadOnlyList<ModelRef> asked, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken ct)
    {
        if (agent.ResponseCache.TtlSeconds == 0)
        {
            return models.AskAsync(asked, messages, options, ct);
        }

        var key = KeyOf(agent.Id, asked[0], messages, options);
        return _answers.Value.TryGetValue(key, out Recording? answer)
            ? answer!.Updates.Select(update => new ModelUpdate(asked[0], update) { IsRepeated = true }).ToAsyncEnumerable()
            : RecordAsync(key, agent, asked[0], models.AskAsync(asked, messages, options, ct), ct);
    }

    public void Dispose()
    {
        if (_answers.IsValueCreated)
        {
            _answers.Value.Dispose();
        }
    }

    private async IAsyncEnumerable<ModelUpdate> RecordAsync(
        string key, AgentInForce agent, ModelRef preferred, IAsyncEnumerable<ModelUpdate> answer, [EnumeratorCancellation] CancellationToken ct)
    {
        var recording = new Recording(preferred);
        await foreach (var update in answer.WithCancellation(ct))
        {
            recording.Add(update);
            yield return update;
        }

        if (recording.CanBeTold)
        {
            var kept = TimeSpan.FromSeconds(agent.ResponseCache.TtlSeconds);
            _answers.Value.Set(key, recording, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = kept, Size = recording.Bytes });
        }
    }

    /// <summary>Stands for the whole request; an agent never gets what another one asked for.</summary>
    private static string KeyOf(string agent, ModelRef model, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var tools = (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(tool => $"{tool.Name}\0{tool.Description}\0{tool.JsonSchema.GetRawText()}");
        return AIJsonUtilities.HashDataToString([agent, model.ToString(), options, string.Join('\0', tools), .. messages]);
    }

    /// <summary>What a model says, without what only its SDK knows.</summary>
    private sealed class Recording(ModelRef preferred)
    {
        /// <summary>What an update takes besides its words; with it, the number of answers is bounded too.</summary>
        private const int BytesOfUpdate = 512;

        private readonly List<ChatResponseUpdate> _updates = [];
        private bool _isPlain = true;

        public IReadOnlyList<ChatResponseUpdate> Updates => _updates;

        public long Bytes { get; private set; }

        public bool CanBeTold => _isPlain && _updates.Exists(update => update.FinishReason == ChatFinishReason.Stop);

        public void Add(ModelUpdate told)
        {
            var update = told.Update;
            Bytes += BytesOfUpdate + Encoding.Unicode.GetByteCount(update.Text);
            _isPlain &= told.Model == preferred && Bytes <= LongestAnswer
                && update.Contents.All(content => content is TextContent or TextReasoningContent or UsageContent);
            if (_isPlain)
            {
                AIContent[] kept = [.. update.Contents.Where(content => content is not TextReasoningContent)];
                _updates.Add(new ChatResponseUpdate(update.Role, kept) { FinishReason = update.FinishReason, ModelId = update.ModelId });
            }
        }
    }

    /// <summary>The time, in the way in which the cache wants to know it.</summary>
    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
