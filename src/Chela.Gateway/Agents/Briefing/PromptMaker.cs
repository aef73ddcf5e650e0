using Chela.Gateway.Agents.Context;
using Chela.Gateway.Bus;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Briefing;

/// <summary>Puts together what a model reads in a run.</summary>
internal sealed class PromptMaker(AgentBriefing briefing, Compactor compactor, AttachedFiles files)
{
    /// <summary>What the model is told, and the conversation, after what is older was summarized where that is due.</summary>
    public async Task<IReadOnlyList<ChatMessage>> MakeAsync(Turn turn, CompactionJob job, CancellationToken ct)
    {
        var instructions = Prompt.Instructions(job.Agent.Instructions, briefing.Of(job.Agent, turn.Session), turn.Wishes.Instructions);
        var conversation = await Conversation.ReadAsync(job.Transcript, ct);
        conversation = await compactor.CompactWhenDueAsync(conversation, TokenEstimate.Of(instructions), job, ct);
        return await Prompt.BuildAsync(conversation, instructions, job.Agent.ContextTokens, files, ct);
    }
}
