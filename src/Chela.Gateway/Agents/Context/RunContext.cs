using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Context;

/// <summary>
/// What one run shows its model, from the first request to the last: no more than fits into the context. The older part is summarized at most once a
/// run; what is too much after that is left out, the oldest first. All of it stays in the transcript.
/// </summary>
internal sealed class RunContext(Compactor compactor, CompactionJob job, string instructions, AttachedFiles files)
{
    private readonly long _room = Prompt.RoomIn(job.Agent.ContextTokens);
    private bool _wasSummarized;

    /// <summary>The conversation as the run begins.</summary>
    public async Task<IReadOnlyList<ChatMessage>> BeginAsync(CancellationToken ct)
    {
        var read = await Conversation.ReadAsync(job.Transcript, ct);
        var shorter = await compactor.CompactWhenDueAsync(read, TokenEstimate.Of(instructions), job, ct);
        _wasSummarized = shorter != read;
        return await BuildAsync(shorter, ct);
    }

    /// <summary>The conversation for the next request, after what it has become.</summary>
    /// <param name="shown">What the model was shown, and what came of it since: that stands in the transcript too.</param>
    /// <param name="counted">About how many tokens that is as the provider counts them; 0 where it does not.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<IReadOnlyList<ChatMessage>> GoOnAsync(IReadOnlyList<ChatMessage> shown, long counted, CancellationToken ct)
    {
        var tokens = Math.Max(counted, shown.Sum(TokenEstimate.Of));
        if (tokens <= (_wasSummarized ? _room : (long)job.Agent.ContextTokens * job.Agent.Compaction.AtPercent / 100))
        {
            return shown;
        }

        var read = await Conversation.ReadAsync(job.Transcript, ct);
        var shorter = _wasSummarized ? read : await compactor.CompactWhenDueAsync(read, tokens - read.Tokens, job, ct);
        var isShorter = shorter != read || tokens > _room;
        _wasSummarized = true; // it was tried at least
        return isShorter ? await BuildAsync(shorter, ct) : shown;
    }

    private Task<IReadOnlyList<ChatMessage>> BuildAsync(Conversation conversation, CancellationToken ct) =>
        Prompt.BuildAsync(conversation, instructions, job.Agent.ContextTokens, files, ct);
}
